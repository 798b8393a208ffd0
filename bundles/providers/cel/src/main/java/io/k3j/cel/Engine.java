package io.k3j.cel;

import dev.cel.common.CelOptions;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelOptionalLibrary;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelInternalRuntimeLibrary;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import java.lang.reflect.Proxy;
import java.util.Set;

/// What all environments share: the options of the language as upstream sets them, and all libraries. Made once; any
/// thread.
@SuppressWarnings("deprecation") // homogeneous literals: upstream has them, and cel-java another way only for new users
final class Engine {
    private static final CelOptions OPTIONS = CelOptions.current().enableHomogeneousLiterals(true)
            .enableHeterogeneousNumericComparisons(true).enableQuotedIdentifierSyntax(false)
            .enableOptionalSyntax(true).build();
    /// Version 2 of the string library, but for what is ours: what makes texts must not make them too long.
    private static final Set<Function> STRINGS = Set.of(Function.CHAR_AT, Function.INDEX_OF, Function.LAST_INDEX_OF,
            Function.LOWER_ASCII, Function.UPPER_ASCII, Function.QUOTE, Function.SUBSTRING, Function.SPLIT,
            Function.TRIM);
    private static final CelOptionalLibrary OPTIONALS = CelExtensions.optional(2);
    private final Functions functions = new Functions();

    Engine() {
        RuntimeEquality equality = RuntimeEquality.create(RuntimeHelpers.create(), OPTIONS);
        Standard.enter(functions);
        Strings.enter(functions);
        Lists.enter(functions);
        ListExtensions.enter(functions);
        Sets.enter(functions);
        Regexes.enter(functions);
        Urls.enter(functions);
        Ips.enter(functions);
        Cidrs.enter(functions);
        Quantities.enter(functions);
        Semvers.enter(functions);
        NamedFormats.enter(functions);
        Authorizers.enter(functions);
        Mutations.enter(functions);
        CelStandardFunctions.newBuilder().build().newFunctionBindings(equality, OPTIONS).forEach(functions::put);
        CelRuntimeBuilder taker = taker();
        ((CelRuntimeLibrary) CelExtensions.strings(STRINGS)).setRuntimeOptions(taker);
        ((CelInternalRuntimeLibrary) OPTIONALS).setRuntimeOptions(taker, equality, OPTIONS);
    }

    /// A builder that takes the functions of a library and does nothing else.
    private CelRuntimeBuilder taker() {
        return (CelRuntimeBuilder) Proxy.newProxyInstance(CelRuntimeBuilder.class.getClassLoader(),
                new Class<?>[] {CelRuntimeBuilder.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("addFunctionBindings")) {
                        Object given = arguments[0];
                        Iterable<?> all = given instanceof Object[] array ? java.util.List.of(array)
                                : (Iterable<?>) given;
                        all.forEach(b -> functions.put((CelFunctionBinding) b));
                    }
                    return proxy;
                });
    }

    Functions functions() {
        return functions;
    }

    /// A compiler's builder with everything but variables.
    CelCompilerBuilder compiler(CelTypeProvider types) {
        return CelCompilerFactory.standardCelCompilerBuilder().setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS).addMacros(ListExtensions.macro())
                .addLibraries(CelExtensions.strings(STRINGS), OPTIONALS, CelExtensions.comprehensions())
                .addFunctionDeclarations(functions.declarations()).setTypeProvider(types);
    }
}
