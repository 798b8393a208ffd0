package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.ExpressionCompiler.Variable;
import io.k3j.admissionpolicies.MutatingProgram.Mutation;
import io.k3j.apimachinery.JsonPatch;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyCheck;
import io.k3j.schema.ApplyMerge;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.stream.Collectors;

/// Evaluates one mutation and lays what it gives over the object. Pure; any thread.
final class Mutator {
    /// How [JsonPatch] ends what it says of a `test` that does not hold.
    private static final String TEST_FAILED = "failed: test failed";

    private Mutator() {
    }

    /// The object after a mutation, in the version it was shown.
    /// @param shape of what is shown; [Shape#ANY] where it is not known
    /// @throws PolicyFault in upstream's words, when the expression fails or its patch does not fit
    /// @throws ApiFault 500 when a JSON patch leaves what is no object of a built-in kind
    static Struct mutated(Mutation mutation, List<Variable> variables, AdmissionInput input, Struct object,
            Shape shape) throws PolicyFault {
        CelBudget budget = CelBudget.of(CelBudget.SHARED);
        Object patch = switch (mutation.expression().evaluate(input.values(variables, budget), budget)) {
            case Failure f -> throw new PolicyFault(f.message());
            case CelEvaluation.Value v -> tree(v, mutation.jsonPatch());
        };
        if (mutation.jsonPatch()) {
            return declared(shape, patched(object, patch instanceof Seq operations ? operations : Seq.EMPTY));
        }
        return applied(shape, object, patch instanceof Struct configuration ? configuration : Struct.EMPTY);
    }

    private static Object tree(CelEvaluation.Value value, boolean jsonPatch) throws PolicyFault {
        try {
            return value.tree().get();
        } catch (IllegalArgumentException e) {
            throw new PolicyFault((jsonPatch ? "JSONPath valueExpression evaluated to a type that could not marshal to"
                    + " JSON: " : "type mismatch: ") + e.getMessage());
        }
    }

    /// A test that fails leaves the object as it is.
    private static Struct patched(Struct object, Seq operations) throws PolicyFault {
        try {
            return JsonPatch.apply(object, operations);
        } catch (PatchFailure e) {
            String why = String.valueOf(e.getMessage());
            if (why.endsWith(TEST_FAILED)) {
                return object;
            }
            throw new PolicyFault("JSON Patch: " + why);
        }
    }

    /// Upstream reads what a JSON patch leaves of a built-in kind strictly, whatever the failure policy says.
    private static Struct declared(Shape shape, Struct patched) {
        List<String> unknown;
        try {
            unknown = shape.definition().isEmpty() ? List.of() : Decoding.decode(shape, patched).unknown();
        } catch (DecodeFailure e) {
            throw ApiFault.internal(String.valueOf(e.getMessage()));
        }
        if (!unknown.isEmpty()) {
            throw ApiFault.internal("strict decoding error: "
                    + unknown.stream().map(Decoding::unknown).collect(Collectors.joining(", ")));
        }
        return patched;
    }

    private static Struct applied(Shape shape, Struct object, Struct configuration) throws PolicyFault {
        Struct wanted = configuration.with("apiVersion", object.text("apiVersion")).with("kind", object.text("kind"));
        List<String> unknown = ApplyCheck.problems(shape, wanted);
        if (!unknown.isEmpty()) {
            throw new PolicyFault("error applying patch: failed to convert patch object to typed object: "
                    + (unknown.size() == 1 ? unknown.getFirst() : "errors:\n  " + String.join("\n  ", unknown)));
        }
        List<String> atomics = ApplyMerge.atomics(shape, wanted);
        if (!atomics.isEmpty()) {
            throw new PolicyFault("error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps"
                    + " or structs: " + String.join(", ", atomics));
        }
        try {
            return ApplyMerge.merged(shape, object, wanted);
        } catch (PatchFailure e) {
            throw new PolicyFault("error applying patch: failed to merge patch: " + e.getMessage());
        }
    }
}
