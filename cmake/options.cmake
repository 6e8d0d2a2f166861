# Flags every target shares. Layers are enforced twice: a target sees only the
# libraries it names, and tests/lint/layers.py reads the includes.

add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wundef
	-Wvla -Wformat=2 -Wno-unused-parameter -fno-strict-aliasing)
if(HANDRAIL_WERROR)
	add_compile_options(-Werror)
endif()
if(HANDRAIL_HARDEN)
	add_compile_options(-fstack-protector-strong -fPIE
		-fstack-clash-protection -D_FORTIFY_SOURCE=2)
	add_link_options(-pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()
if(HANDRAIL_SANITIZE)
	add_compile_options(-fsanitize=${HANDRAIL_SANITIZE}
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=${HANDRAIL_SANITIZE})
endif()

# handrail_library(NAME LINK lib...): every .c of this folder is one library.
# Sources are found, not listed: a new file is built by being there.
function(handrail_library name)
	cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
	if(NOT sources) # nothing here yet: the others can still be built
		add_library(${name} INTERFACE)
		target_link_libraries(${name} INTERFACE ${ARG_LINK})
		return()
	endif()
	add_library(${name} STATIC ${sources})
	target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
	target_link_libraries(${name} PUBLIC ${ARG_LINK})
	set_target_properties(${name} PROPERTIES C_VISIBILITY_PRESET hidden)
endfunction()
