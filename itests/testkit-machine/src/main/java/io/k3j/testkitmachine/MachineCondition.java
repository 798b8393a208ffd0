package io.k3j.testkitmachine;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Decides for [NeedsMachine]. A class is skipped as a whole, so that the build counts it: of an assumption that fails
/// before all tests of a class nobody would hear.
final class MachineCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String obstacle = Machine.obstacle();
        if (obstacle.isEmpty()) {
            return ConditionEvaluationResult.enabled("machines can be made");
        }
        if (context.getTestMethod().isEmpty()) {
            System.out.println(context.getDisplayName() + " is skipped: " + obstacle);
        }
        return ConditionEvaluationResult.disabled(obstacle);
    }
}
