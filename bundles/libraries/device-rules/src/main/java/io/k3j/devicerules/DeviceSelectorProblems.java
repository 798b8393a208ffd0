package io.k3j.devicerules;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.clientapi.ApiFault;
import io.k3j.devicecel.DeviceExpressions;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What can be wrong with selectors of devices. The engine is loaded with the first one; what it has made is kept until
/// the next garbage collection only, so that it can be replaced at any time. Any thread.
final class DeviceSelectorProblems {
    /// Upstream's `DeviceSelectorsMaxSize`.
    static final int MOST = 32;
    private final Supplier<@Nullable Cel> cel;
    private volatile WeakReference<Compiler> last = new WeakReference<>(null);

    /// @param cel null while there is none
    DeviceSelectorProblems(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    /// A claim may have hundreds of lists of selectors, and making this costs milliseconds.
    private record Compiler(Cel engine, DeviceExpressions expressions) {
    }

    /// @throws ApiFault 503: what cannot be checked is not stored
    private DeviceExpressions compiler() {
        Cel engine = cel.get();
        if (engine == null) {
            throw ApiFault.unavailable("device selectors cannot be checked: the bundle io.k3j.cel is being replaced");
        }
        Compiler known = last.get();
        if (known == null || known.engine() != engine) {
            known = new Compiler(engine, new DeviceExpressions(engine));
            last = new WeakReference<>(known);
        }
        return known.expressions();
    }

    /// Checks the field `selectors`, whose expressions are compiled unless they stood there before.
    ///
    /// @param stored whether they are as they were
    void check(Struct of, Problems at, boolean stored) {
        DeviceLists.each(of, "selectors", MOST, at, (selector, p) -> {
            if (!selector.has("cel")) {
                p.at("cel").required("");
            } else if (!stored) {
                expression(selector.struct("cel").text("expression"), p.at("cel").at("expression"));
            }
        });
    }

    private void expression(String expression, Problems p) {
        if (expression.getBytes(StandardCharsets.UTF_8).length > DeviceExpressions.LONGEST) {
            p.tooLong(DeviceExpressions.LONGEST);
        } else if (compiler().compile(expression) instanceof CelCompilation.Failed(String detail)) {
            p.invalid(expression, detail);
        }
    }
}
