package io.k3j.celapi;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/// A compiled expression. Made by [CelEnvironment]; any number of threads may evaluate it at once.
@ProviderType
public interface CelProgram {
    /// As it was written.
    String expression();

    /// What it results in: for a variable that takes its value.
    CelType type();

    /// Whether it mentions a variable.
    boolean uses(String variable);

    /// Whether it mentions a field of a variable anywhere, as `variables.foo`.
    boolean uses(String variable, String field);

    /// States of the regular expressions that are literals in it: it keeps them compiled, and each state takes about
    /// 70 bytes. For whoever keeps many programs.
    long states();

    /// What an evaluation can cost, for whoever accepts expressions: of those about a ruled [CelType.Shaped], which
    /// all of their variables are; else [CelEstimate#UNKNOWN].
    CelEstimate estimate();

    /// Evaluates it. Costs are counted as upstream counts them: one evaluation costs [CelBudget#PER_CALL] at most.
    /// @param variables by name, as their types want them; one that is missing is an error when it is looked at
    CelEvaluation evaluate(Map<String, ?> variables, CelBudget budget);
}
