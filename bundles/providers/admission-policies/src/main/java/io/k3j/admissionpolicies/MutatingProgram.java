package io.k3j.admissionpolicies;

import io.k3j.admissioncel.CompiledExpression;
import io.k3j.admissioncel.ExpressionCompiler;
import io.k3j.admissioncel.ExpressionCompiler.Variable;
import io.k3j.admissioncel.MatchConditions;
import io.k3j.celapi.Cel;
import io.k3j.model.Struct;
import java.util.List;

/// The expressions of a MutatingAdmissionPolicy, compiled. A value; any thread.
record MutatingProgram(MatchConditions conditions, List<Mutation> mutations, List<Variable> variables) {
    /// One mutation.
    /// @param jsonPatch whether it makes operations of a JSON patch, else an apply configuration
    record Mutation(boolean jsonPatch, CompiledExpression expression) {
        static Mutation of(Struct mutation, ExpressionCompiler compiler) {
            String type = mutation.text("patchType");
            boolean json = type.equals("JSONPatch");
            return new Mutation(json, compiler.patch(type,
                    mutation.struct(json ? "jsonPatch" : "applyConfiguration").text("expression")));
        }
    }

    static MutatingProgram of(Cel cel, Struct spec) {
        ExpressionCompiler compiler = new ExpressionCompiler(cel, spec.get("paramKind") instanceof Struct);
        spec.seq("variables").structs().forEach(v -> compiler.variable(v.text("name"), v.text("expression")));
        return new MutatingProgram(MatchConditions.of(spec.seq("matchConditions"), compiler),
                spec.seq("mutations").structs().stream().map(m -> Mutation.of(m, compiler)).toList(),
                compiler.variables());
    }
}
