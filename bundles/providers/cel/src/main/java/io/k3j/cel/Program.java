package io.k3j.cel;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEstimate;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.Stopped;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// A planned expression.
/// @param nanos a monotonic clock, which bounds each evaluation
record Program(String expression, Node node, Inputs inputs, Types.Result result, Set<String> mentioned,
        long states, CelEstimate estimate, LongSupplier nanos)
        implements
            CelProgram {
    @Override
    public CelType type() {
        return new CelType.Computed(TypeName.of(result.type()), result);
    }

    @Override
    public boolean uses(String variable) {
        return mentioned.contains(variable);
    }

    @Override
    public boolean uses(String variable, String field) {
        return mentioned.contains(variable + "." + field);
    }

    @Override
    public CelEvaluation evaluate(Map<String, ?> variables, CelBudget budget) {
        if (budget.left() <= 0) {
            return Frame.outOfBudget().failure();
        }
        Frame frame = new Frame(inputs, variables, budget, nanos);
        CelEvaluation outcome = outcome(frame);
        return budget.spend(frame.cost()) || outcome instanceof CelEvaluation.Failure(Reason reason, _)
                && reason != Reason.ERROR ? outcome : Frame.outOfBudget().failure();
    }

    private CelEvaluation outcome(Frame frame) {
        try {
            Object value = node.eval(frame);
            return new CelEvaluation.Value(value, () -> ResultTrees.of(value));
        } catch (EvalFailure e) {
            return new CelEvaluation.Failure(Reason.ERROR, e.text());
        } catch (Stopped e) {
            return e.failure();
        } catch (StackOverflowError e) {
            return Frame.tooMuch().failure();
        }
    }
}
