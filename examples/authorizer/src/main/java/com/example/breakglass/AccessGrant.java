package com.example.breakglass;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What one object of the kind `AccessGrant` allows. Nothing in it stands for everything: a grant says what it grants.
///
/// @param name of the object
/// @param resources as `pods`, `pods/exec` and `deployments.apps`
/// @param until when it ends
record AccessGrant(String name, String user, Set<String> verbs, Set<String> resources, Set<String> namespaces,
        Instant until) {
    static AccessGrant of(Obj object) {
        Struct spec = object.spec();
        return new AccessGrant(object.name(), spec.text("user"), Set.copyOf(spec.seq("verbs").texts()),
                Set.copyOf(spec.seq("resources").texts()), Set.copyOf(spec.seq("namespaces").texts()),
                until(spec.text("until")));
    }

    /// What cannot be read has ended.
    private static Instant until(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    /// Whether it counts for somebody in a namespace at that time.
    boolean holds(Caller caller, String namespace, Instant now) {
        return !user.isEmpty() && user.equals(caller.user()) && namespaces.contains(namespace) && now.isBefore(until);
    }

    /// Whether it allows this. What is no resource of a namespace it never does.
    boolean allows(Caller caller, Attributes what, Instant now) {
        return what.path().isEmpty() && holds(caller, what.namespace(), now) && verbs.contains(what.verb())
                && resources.contains(resource(what));
    }

    private static String resource(Attributes what) {
        return what.resource() + (what.group().isEmpty() ? "" : "." + what.group())
                + (what.subresource().isEmpty() ? "" : "/" + what.subresource());
    }

    /// The same as `resourceRules` of a SelfSubjectRulesReview tell it: a rule for each resource.
    List<Struct> rules() {
        return resources.stream().sorted().map(this::rule).toList();
    }

    private Struct rule(String resource) {
        int slash = resource.indexOf('/');
        String qualified = slash < 0 ? resource : resource.substring(0, slash);
        int dot = qualified.indexOf('.');
        String plural = dot < 0 ? qualified : qualified.substring(0, dot);
        return Struct.of("verbs", verbs.stream().sorted().toList(), "apiGroups",
                List.of(dot < 0 ? "" : qualified.substring(dot + 1)), "resources",
                List.of(slash < 0 ? plural : plural + resource.substring(slash)));
    }
}
