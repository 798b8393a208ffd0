package io.k3j.devicerules;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.clientapi.ApiFault;
import io.k3j.devicecel.DeviceExpressions;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What can be wrong with selectors of devices. The engine is loaded with the first one; nothing it has made is kept,
/// so that it can be replaced at any time. Any thread.
final class DeviceSelectorProblems {
    /// Upstream's `DeviceSelectorsMaxSize`.
    static final int MOST = 32;
    private final Supplier<@Nullable Cel> cel;

    /// @param cel null while there is none
    DeviceSelectorProblems(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    /// The expressions of one list, which are compiled by one environment. One thread.
    private final class Compiler {
        private @Nullable DeviceExpressions made;

        /// @throws ApiFault 503: what cannot be checked is not stored
        CelCompilation compile(String expression) {
            DeviceExpressions known = made;
            if (known == null) {
                Cel engine = cel.get();
                if (engine == null) {
                    throw ApiFault.unavailable(
                            "device selectors cannot be checked: the bundle io.k3j.cel is being replaced");
                }
                known = new DeviceExpressions(engine);
                made = known;
            }
            return known.compile(expression);
        }
    }

    /// Checks the field `selectors`, whose expressions are compiled unless they stood there before.
    ///
    /// @param stored whether they are as they were
    void check(Struct of, Problems at, boolean stored) {
        Compiler compiler = new Compiler();
        DeviceLists.each(of, "selectors", MOST, at, (selector, p) -> {
            if (!selector.has("cel")) {
                p.at("cel").required("");
            } else if (!stored) {
                expression(selector.struct("cel").text("expression"), p.at("cel").at("expression"), compiler);
            }
        });
    }

    private static void expression(String expression, Problems p, Compiler compiler) {
        if (expression.getBytes(StandardCharsets.UTF_8).length > DeviceExpressions.LONGEST) {
            p.tooLong(DeviceExpressions.LONGEST);
        } else if (compiler.compile(expression) instanceof CelCompilation.Failed(String detail)) {
            p.invalid(expression, detail);
        }
    }
}
