package io.k3j.admissionpolicies;

import io.k3j.admissionmatching.MatchCriteria;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A binding, which has a policy enforced. A value; made once for each change.
/// @param params null: it refers to none
/// @param actions of a validating one: `Deny`, `Warn`, `Audit`
/// @param broken what is wrong with it; empty: nothing
record Binding(String name, String policy, MatchCriteria match, @Nullable ParamRef params, List<String> actions,
        String broken) {
    /// Which objects are parameters.
    /// @param namespace empty: that of the request
    /// @param name empty: those that are selected
    /// @param denies `parameterNotFoundAction: Deny`
    record ParamRef(String namespace, String name, Selector selector, boolean denies) {
        static ParamRef of(Struct ref) {
            return new ParamRef(ref.text("namespace"), ref.text("name"), Selector.of(ref.struct("selector")),
                    ref.text("parameterNotFoundAction").equals("Deny"));
        }
    }

    static Binding of(Obj object) {
        Struct spec = object.tree().struct("spec");
        MatchCriteria match = MatchCriteria.EVERYTHING;
        ParamRef params = null;
        String broken = "";
        try {
            match = spec.get("matchResources") instanceof Struct resources ? MatchCriteria.of(resources) : match;
            params = spec.get("paramRef") instanceof Struct ref ? ParamRef.of(ref) : null;
        } catch (IllegalArgumentException e) {
            broken = String.valueOf(e.getMessage());
        }
        return new Binding(object.name(), spec.text("policyName"), match, params,
                spec.seq("validationActions").texts(), broken);
    }
}
