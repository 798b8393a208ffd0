package io.k3j.resourcequota;

import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.validation.AdmissionConfiguration;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What nobody may use without a quota that limits it: `limitedResources` of the plug-in's configuration. See "Resource
/// Quotas, Limit consumption by default". Immutable.
record LimitedResources(List<Limit> limits) {
    /// Whatever has no quota is not limited.
    static final LimitedResources NONE = new LimitedResources(List.of());
    private static final Set<String> KINDS = Set.of("apiserver.config.k8s.io/v1 ResourceQuotaConfiguration",
            "resourcequota.admission.k8s.io/v1beta1 Configuration",
            "resourcequota.admission.k8s.io/v1alpha1 Configuration");
    private static final Map<String, Type> FIELDS = Map.of("apiVersion", Type.TEXT, "kind", Type.TEXT,
            "limitedResources", Type.objects(Map.of("apiGroup", Type.TEXT, "resource", Type.TEXT, "matchContains",
                    Type.TEXTS, "matchScopes", Type.objects(Map.of("scopeName", Type.TEXT, "operator", Type.TEXT,
                            "values", Type.TEXTS)))));

    /// @param contained texts: what is used of a resource is limited where its name contains one
    /// @param scopes an object that is in one is limited, of whatever resource
    record Limit(String group, String resource, List<String> contained, List<ScopeRequirement> scopes) {
        private boolean of(Gvr gvr) {
            return group.equals(gvr.group()) && resource.equals(gvr.resource());
        }

        private boolean limits(String name) {
            return contained.stream().anyMatch(name::contains);
        }
    }

    /// As the file of the API server's arguments says.
    /// @param arguments as `name=value`
    /// @throws IllegalArgumentException for an unreadable or invalid file; the message names file and field
    static LimitedResources of(List<String> arguments, AdmissionConfiguration.Reader reader) {
        return AdmissionConfiguration.of("ResourceQuota", arguments, reader, LimitedResources::parsed).orElse(NONE);
    }

    private static LimitedResources parsed(Struct it) {
        require(KINDS.contains(it.text("apiVersion") + " " + it.text("kind")), "the configuration of ResourceQuota must"
                + " be a ResourceQuotaConfiguration of apiserver.config.k8s.io/v1");
        FieldTypes types = FieldTypes.of(it, FIELDS);
        require(types.unknown().isEmpty(), "unknown fields " + types.unknown() + " in configuration");
        require(types.problems().isEmpty(),
                types.problems().stream().map(Object::toString).collect(Collectors.joining(", ")));
        List<Limit> limits = new ArrayList<>();
        for (Struct each : it.seq("limitedResources").structs()) {
            require(!each.text("resource").isEmpty(),
                    "limitedResources[" + limits.size() + "].resource: Required value");
            limits.add(new Limit(each.text("apiGroup"), each.text("resource"), each.seq("matchContains").texts(),
                    ScopeRequirement.of(Struct.of("scopeSelector",
                            Struct.of("matchExpressions", each.seq("matchScopes"))))));
        }
        return new LimitedResources(List.copyOf(limits));
    }

    private static void require(boolean met, String why) {
        if (!met) {
            throw new IllegalArgumentException(why);
        }
    }

    /// Whether an object of a resource can be limited at all.
    boolean concern(Gvr resource, Evaluator evaluator, Struct object) {
        return limits.stream().anyMatch(l -> l.of(resource)) || !scopes(evaluator, object).isEmpty();
    }

    /// What of an object's use a quota must limit.
    Set<String> names(Gvr resource, ResourceList usage) {
        List<Limit> own = limits.stream().filter(l -> l.of(resource)).toList();
        return usage.names().stream().filter(name -> own.stream().anyMatch(l -> l.limits(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The scopes an object is in and in which a quota must limit it.
    List<ScopeRequirement> scopes(Evaluator evaluator, Struct object) {
        return limits.stream().flatMap(l -> l.scopes().stream()).filter(s -> evaluator.inScope(s, object)).toList();
    }
}
