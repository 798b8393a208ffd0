package io.k3j.admissioncel;

import io.k3j.admissioncel.ExpressionCompiler.Variable;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.AdmissionRequests;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Write;
import io.k3j.celapi.CelAccess;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.celapi.CelLazy;
import io.k3j.model.Gvr;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the expressions of a webhook or policy see of one request. Immutable but for what it is lent; for one thread.
public final class AdmissionInput {
    private final Map<String, Object> fixed;

    private AdmissionInput(Map<String, Object> fixed) {
        this.fixed = fixed;
    }

    /// Without namespace and parameters, as match conditions see it.
    /// @param matched in whose version objects are shown
    public static AdmissionInput of(MatchedRequest matched, Write write, AdmissionObjects objects,
            Authorizer authorizer) {
        Map<String, Object> all = new HashMap<>();
        all.put(AdmissionTypes.OBJECT, orNull(objects.object()));
        all.put(AdmissionTypes.OLD_OBJECT, orNull(objects.old()));
        all.put(AdmissionTypes.REQUEST, new WhenSeen(() -> AdmissionRequests.of(matched, write)));
        all.put(AdmissionTypes.NAMESPACE, Null.NULL);
        all.put(AdmissionTypes.PARAMS, Null.NULL);
        CelAccess access = new CelAccess(write.caller(), authorizer);
        all.put(AdmissionTypes.AUTHORIZER, access);
        all.put(AdmissionTypes.RESOURCE_CHECK, new CelAccess.Check(access, resource(write)));
        return new AdmissionInput(all);
    }

    private static Object orNull(@Nullable Struct tree) {
        return tree == null ? Null.NULL : tree;
    }

    private static Authorizer.Attributes resource(Write write) {
        Gvr gvr = write.kind().gvr();
        return new Authorizer.Attributes("", gvr.group(), gvr.version(), gvr.resource(), write.subresource(),
                RequestMatcher.namespace(write), write.key().name(), "");
    }

    private AdmissionInput with(String name, Object value) {
        Map<String, Object> more = new HashMap<>(fixed);
        more.put(name, value);
        return new AdmissionInput(more);
    }

    /// The same with the parameters of a binding.
    /// @param params null: none
    public AdmissionInput params(@Nullable Struct params) {
        Object given = orNull(params);
        return fixed.get(AdmissionTypes.PARAMS) == given ? this : with(AdmissionTypes.PARAMS, given);
    }

    /// The same with the namespace the request is in, but for what upstream does not show of it.
    /// @param namespace asked when an expression looks at it first; null: the request is in none. What it throws ends
    /// the evaluation
    public AdmissionInput namespace(Supplier<@Nullable Struct> namespace) {
        return with(AdmissionTypes.NAMESPACE, new WhenSeen(() -> {
            Struct whole = namespace.get();
            return orNull(whole == null ? null
                    : whole.withoutAt("metadata", "ownerReferences").withoutAt("metadata", "managedFields"));
        }));
    }

    /// What costs something and few expressions look at: made for the first of them. For one thread.
    private static final class WhenSeen implements CelLazy {
        private final Supplier<Object> made;
        private CelEvaluation.@Nullable Value known;

        WhenSeen(Supplier<Object> made) {
            this.made = made;
        }

        @Override
        public CelEvaluation evaluate() {
            CelEvaluation.Value now = known;
            if (now == null) {
                now = CelEvaluation.Value.of(made.get());
                known = now;
            }
            return now;
        }
    }

    /// The same without `authorizer`, for messages.
    public AdmissionInput unauthorized() {
        Map<String, Object> fewer = new HashMap<>(fixed);
        fewer.remove(AdmissionTypes.AUTHORIZER);
        fewer.remove(AdmissionTypes.RESOURCE_CHECK);
        return new AdmissionInput(fewer);
    }

    /// What expressions that are evaluated together are given: each variable is evaluated once for all of them, when
    /// the first looks at it, and paid from their budget.
    public Map<String, Object> values(List<Variable> variables, CelBudget budget) {
        if (variables.isEmpty()) {
            return fixed;
        }
        Map<String, Object> all = new HashMap<>(fixed);
        Map<String, CelLazy> lazy = LinkedHashMap.newLinkedHashMap(variables.size());
        variables.forEach(v -> lazy.put(v.name(), new Once(v, all, budget)));
        all.put(AdmissionTypes.VARIABLES, lazy);
        return all;
    }

    /// One variable; for one thread.
    private static final class Once implements CelLazy {
        private final Variable variable;
        private final Map<String, Object> values;
        private final CelBudget budget;
        private @Nullable CelEvaluation known;

        Once(Variable variable, Map<String, Object> values, CelBudget budget) {
            this.variable = variable;
            this.values = values;
            this.budget = budget;
        }

        @Override
        public CelEvaluation evaluate() {
            CelEvaluation now = known;
            if (now == null) {
                now = evaluated();
                known = now;
            }
            return now;
        }

        private CelEvaluation evaluated() {
            String named = "composited variable \"" + variable.name() + "\"";
            if (variable.expression().program() == null) {
                return new Failure(CelEvaluation.Reason.ERROR,
                        named + " fails to compile: " + variable.expression().failure());
            }
            return switch (variable.expression().program().evaluate(values, budget)) {
                case Failure f when f.reason() != CelEvaluation.Reason.BUDGET ->
                    new Failure(f.reason(), named + " fails to evaluate: " + f.message());
                case CelEvaluation other -> other;
            };
        }
    }
}
