package io.k3j.corevalidation;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.validation.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One field of a valid part of a pod with another value, and the problems that are expected of it.
/// @param field by its name, within the part
/// @param value instead of the valid one; null takes the field out
/// @param expected each problem as clients see it
record Case(String field, @Nullable Object value, List<String> expected) {
    static Case of(String field, @Nullable Object value, String... expected) {
        return new Case(field, value, Arrays.asList(expected));
    }

    /// What a check finds, as clients see it.
    static List<String> found(Consumer<Problems> check) {
        Problems problems = Problems.none();
        check.accept(problems);
        return problems.found().stream().map(FieldProblem::toString).toList();
    }

    @Override
    public String toString() {
        return field + "=" + value;
    }
}
