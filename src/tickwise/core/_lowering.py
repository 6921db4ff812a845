"""How Numba lowers the two kinds of functions of the core.

A function that is inlined needs no machine code of its own, no entry for Python and no optimising: its caller
gets all of that. A function that runs seldom must stay out of line: LLVM would otherwise pull it into the
loop
of quotes and crowd the registers there. Both are asked for through Numba's pipelines (`pipeline_class`).
What a pipeline changes is private to Numba, so the dependency is held below the next minor version.
"""

import weakref
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering


class InlinedLibrary(JITCodeLibrary):
    """Code that is only ever linked into another library: neither optimised nor turned into machine code."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._final_module.__library = weakref.proxy(self)
        self._finalized = True


class OutOfLineLower(Lower):
    """Lowers a function and forbids LLVM to inline it."""

    def setup_function(self, fndesc: Any) -> None:
        """Set up the function as Numba does, then mark it."""
        super().setup_function(fndesc)  # type: ignore[no-untyped-call]
        self.function.attributes.add("noinline")


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class InlinedLowering(NativeLowering):
    """Lowering of a function that lives only in its callers."""

    _name = "tickwise_inlined_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower into a library that is never finalised to machine code."""
        state.library = InlinedLibrary(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        state.library.enable_object_caching()
        state.flags.no_compile = True
        super().run_pass(state)  # type: ignore[no-untyped-call]
        token: Any = [].append  # a callable of its own: Numba keys what it may link by this object
        state.targetctx.insert_user_function(token, state["cr"].fndesc, [state.library])
        state["cr"] = state["cr"]._replace(cfunc=token)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class OutOfLineLowering(NativeLowering):
    """Lowering of a function that runs seldom."""

    _name = "tickwise_out_of_line_lowering"

    @property
    def lowering_class(self) -> type:
        """The class that lowers: Numba's own, which forbids inlining besides."""
        return OutOfLineLower


def _pipeline(lowering: type) -> Any:
    """Give a compiler that lowers with this pass in the place of Numba's own."""

    def define_pipelines(self: Any) -> list[Any]:
        builder = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        passes = [
            (lowering, why) if which is NativeLowering else (which, why) for which, why in builder.passes
        ]
        builder.passes = passes
        builder._finalized = False
        builder.finalize()
        return [builder]

    return type(f"{lowering.__name__}Compiler", (Compiler,), {"define_pipelines": define_pipelines})


InlinedCompiler = _pipeline(InlinedLowering)
OutOfLineCompiler = _pipeline(OutOfLineLowering)
