package io.k3j.testmachine;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Decides for [NeedsPackages].
final class PackagesCondition implements ExecutionCondition {
    private final Packages packages;

    PackagesCondition() {
        this(Packages.ofThisMachine());
    }

    PackagesCondition(Packages packages) {
        this.packages = packages;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getElement().flatMap(element -> AnnotationSupport.findAnnotation(element, NeedsPackages.class))
                .map(NeedsPackages::value).map(this::decide)
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no package"));
    }

    /// Enabled when all of them are there; else the reason names those that are not.
    ConditionEvaluationResult decide(String... wanted) {
        String missing = packages.lacking(wanted);
        return missing.isEmpty() ? ConditionEvaluationResult.enabled("all packages are installed")
                : ConditionEvaluationResult.disabled(missing);
    }
}
