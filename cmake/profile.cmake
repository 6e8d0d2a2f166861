# What the program does most, for the compiler to lay it out by: HANDRAIL_PROFILE
# is a folder of counts, HANDRAIL_COUNT says that they are to be made there.
#
# Both builds name a source's counts by its place in the build's folder. A
# source that has changed since, or was never reached, is built without.
set(HANDRAIL_PROFILE "" CACHE PATH "Counts to build by, empty for none")
option(HANDRAIL_COUNT "Build a binary that makes the counts" OFF)

if(HANDRAIL_PROFILE)
	add_compile_options(-fprofile-prefix-path=${PROJECT_BINARY_DIR})
	if(HANDRAIL_COUNT)
		add_compile_options(-fprofile-generate=${HANDRAIL_PROFILE}
			-fprofile-update=prefer-atomic)
		add_link_options(-fprofile-generate=${HANDRAIL_PROFILE})
	else()
		add_compile_options(-fprofile-use=${HANDRAIL_PROFILE}
			-fprofile-correction -Wno-missing-profile
			-Wno-coverage-mismatch)
	endif()
endif()
