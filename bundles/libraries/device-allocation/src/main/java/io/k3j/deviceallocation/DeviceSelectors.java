package io.k3j.deviceallocation;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelProgram;
import io.k3j.devicecel.DeviceExpressions;
import io.k3j.model.Struct;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Selectors as one engine has compiled them, each once. The engine is loaded with the first. One thread.
public final class DeviceSelectors {
    /// Of compiled expressions; the one that was used least lately goes first.
    private static final int MOST = 200;
    /// Of the states of their regular expressions, which take 70 bytes each.
    private static final long MOST_STATES = 200_000;
    /// What compiling costs, about: a millisecond.
    private static final long COMPILATION = 10_000;
    private static final String TOO_DEAR = "the selectors of the pod's claims cost more, for all devices together, than"
            + " a pod may; make them simpler";
    private final Cel cel;
    /// In the order in which they were used.
    private final Map<String, CelProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
    private long states;
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
    ///
    /// @param budget from which it is paid
    /// @throws IllegalArgumentException for one that cannot say so, with its place and its reason
    boolean match(Struct of, String where, OfferedDevice device, CelBudget budget) {
        int number = 0;
        for (Struct selector : of.seq("selectors").structs()) {
            String expression = selector.struct("cel").text("expression");
            CelProgram known = programs.get(expression);
            CelProgram program = known != null ? known : compiled(expression, where, number, budget);
            CelEvaluation said = expressions().matches(program, device.id().driver(), device.spec(), budget);
            switch (said) {
                case CelEvaluation.Value value -> {
                    if (!value.holds()) {
                        return false;
                    }
                }
                case CelEvaluation.Failure(CelEvaluation.Reason reason, String message) ->
                    throw new IllegalArgumentException(where + ": selector #" + number + ": CEL runtime error: "
                            + (reason == CelEvaluation.Reason.BUDGET ? TOO_DEAR : message));
            }
            number++;
        }
        return true;
    }

    private CelProgram compiled(String expression, String where, int number, CelBudget budget) {
        budget.spend(COMPILATION);
        return switch (expressions().compile(expression)) {
            case CelCompilation.Done(CelProgram program) -> kept(expression, program);
            case CelCompilation.Failed(String detail) -> throw new IllegalArgumentException(where + ": selector #"
                    + number + ": CEL compile error: " + detail);
        };
    }

    private CelProgram kept(String expression, CelProgram program) {
        programs.put(expression, program);
        states += program.states();
        Iterator<CelProgram> eldest = programs.values().iterator();
        while (programs.size() > 1 && (programs.size() > MOST || states > MOST_STATES)) {
            states -= eldest.next().states();
            eldest.remove();
        }
        return program;
    }
}
