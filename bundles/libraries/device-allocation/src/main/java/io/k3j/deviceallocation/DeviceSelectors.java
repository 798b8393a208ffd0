package io.k3j.deviceallocation;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelProgram;
import io.k3j.devicecel.DeviceExpressions;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Selectors as one engine has compiled them, each once. The engine is loaded with the first. One thread.
public final class DeviceSelectors {
    /// Of compiled expressions; the one that was used least lately goes first.
    private static final int MOST = 1_000;
    private final Cel cel;
    private final Map<String, CelProgram> programs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CelProgram> eldest) {
            return size() > MOST;
        }
    };
    private @Nullable DeviceExpressions expressions;

    /// @param cel the engine
    public DeviceSelectors(Cel cel) {
        this.cel = cel;
    }

    /// The engine.
    public Cel cel() {
        return cel;
    }

    private DeviceExpressions expressions() {
        DeviceExpressions known = expressions;
        if (known == null) {
            known = new DeviceExpressions(cel);
            expressions = known;
        }
        return known;
    }

    /// Whether a device is one that all selectors of a list mean.
    /// @throws IllegalArgumentException for one that cannot say so, with its place and its reason
    boolean match(Struct of, String where, OfferedDevice device) {
        int number = 0;
        for (Struct selector : of.seq("selectors").structs()) {
            String expression = selector.struct("cel").text("expression");
            CelEvaluation said = expressions().matches(program(expression, where, number), device.id().driver(),
                    device.spec(), CelBudget.of(CelBudget.PER_CALL));
            switch (said) {
                case CelEvaluation.Value value -> {
                    if (!value.holds()) {
                        return false;
                    }
                }
                case CelEvaluation.Failure failure -> throw new IllegalArgumentException(where + ": selector #"
                        + number + ": CEL runtime error: " + failure.message());
            }
            number++;
        }
        return true;
    }

    private CelProgram program(String expression, String where, int number) {
        CelProgram known = programs.get(expression);
        if (known == null) {
            known = switch (expressions().compile(expression)) {
                case CelCompilation.Done(CelProgram program) -> program;
                case CelCompilation.Failed(String detail) -> throw new IllegalArgumentException(where + ": selector #"
                        + number + ": CEL compile error: " + detail);
            };
            programs.put(expression, known);
        }
        return known;
    }
}
