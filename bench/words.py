"""Words that the generated policies and the generated texts share, so that
texts wake rules, as a real policy's words are those of its own trade."""

NOUNS = """account address agreement amount balance bill bonus branch cable
claim contract coupon credit customer damage deal debit deposit device
discount driver engineer estimate fee fibre gift handset installation
insurance invoice landline loan loyalty manager meter minute modem month
network number offer order package parcel partner payment penalty phone plan
policy premium price product promise quote rate rebate receipt refund renewal
rental repair replacement reward roaming router sale saving service shipment
signal statement store subscription supplier tariff tax ticket tracking
transfer upgrade voucher warranty week wire""".split()
VERBS = """accept add adjust allow apply approve arrange bring cancel change
charge cover credit cut deliver double drop extend fix forget give grant hold
keep lower match move offer pay promise raise reduce refund remove repair
replace return reverse send settle ship skip stop swap take transfer upgrade
waive write""".split()
WORDS = """always complete early exclusive extra final first free full hidden
instant last lifetime special total unlimited whole yearly""".split()
