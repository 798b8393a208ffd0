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

/// What can be wrong with selectors of devices. The engine is loaded with the first one, and what it has made is kept
/// as long as it is the engine. Any thread.
final class DeviceSelectorProblems {
    /// Upstream's `DeviceSelectorsMaxSize`.
    static final int MOST = 32;
    private final Supplier<@Nullable Cel> cel;
    private volatile @Nullable Made made;

    private record Made(Cel cel, DeviceExpressions expressions) {
    }

    /// @param cel null while there is none
    DeviceSelectorProblems(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    /// @throws ApiFault 503: what cannot be checked is not stored
    private DeviceExpressions expressions() {
        Cel engine = cel.get();
        if (engine == null) {
            made = null;
            throw ApiFault.unavailable("device selectors cannot be checked: the bundle io.k3j.cel is being replaced");
        }
        Made known = made;
        if (known == null || known.cel() != engine) {
            known = new Made(engine, new DeviceExpressions(engine));
            made = known;
        }
        return known.expressions();
    }

    /// Checks the field `selectors`, whose expressions are compiled unless they stood there before.
    ///
    /// @param stored whether they are as they were
    void check(Struct of, Problems at, boolean stored) {
        DeviceLists.each(of, "selectors", MOST, at, (selector, p) -> {
            if (selector.has("cel")) {
                expression(selector.struct("cel").text("expression"), p.at("cel").at("expression"), stored);
            } else {
                p.at("cel").required("");
            }
        });
    }

    private void expression(String expression, Problems p, boolean stored) {
        if (stored) {
            return;
        }
        if (expression.getBytes(StandardCharsets.UTF_8).length > DeviceExpressions.LONGEST) {
            p.tooLong(DeviceExpressions.LONGEST);
        } else if (expressions().compile(expression) instanceof CelCompilation.Failed(String detail)) {
            p.invalid(expression, detail);
        }
    }
}
