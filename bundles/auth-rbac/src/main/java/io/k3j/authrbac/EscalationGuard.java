package io.k3j.authrbac;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Nobody grants what they do not hold, unless they may `escalate` the role or `bind` it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping>.
/// Upstream checks this behind admission; here it is the last plug-in.
@Component(service = Admission.class, property = "order:Integer=1000")
public final class EscalationGuard implements Admission {
    private final Rbac rbac;

    /// Judges by the index.
    @Activate
    public EscalationGuard(@Reference Rbac rbac) {
        this.rbac = rbac;
    }

    @Override
    public String name() {
        return "RBACEscalation";
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return changes && write.kind().gvr().group().equals(Rbac.GROUP) && !write.caller().in("system:masters");
    }

    @Override
    public void validate(Write write, Struct object) {
        Struct before = write.before().orElse(Struct.EMPTY);
        boolean binding = object.has("roleRef");
        if (binding && !(before.seq("subjects").equals(object.seq("subjects")) && !before.isEmpty())) {
            mayBind(write, object.struct("roleRef"));
        } else if (!binding && !before.seq("rules").equals(object.seq("rules"))) {
            holds(write, "escalate", write.key().name(), Rule.all(object), write.kind().gvr().resource());
        } else if (!binding && !before.struct("aggregationRule").equals(object.struct("aggregationRule"))) {
            Rule everything = Rule.of(Struct.of("verbs", List.of("*"), "apiGroups", List.of("*"), "resources",
                    List.of("*")));
            holds(write, "escalate", write.key().name(), List.of(everything), write.kind().gvr().resource());
        }
    }

    private void mayBind(Write write, Struct ref) {
        boolean local = ref.text("kind").equals("Role");
        View view = local ? rbac.roles() : rbac.clusterRoles();
        String namespace = local ? write.key().namespace() : "";
        Optional<Obj> role = view.get(new Key(namespace, ref.text("name")));
        String resource = local ? "roles" : "clusterroles";
        Attributes bind = attributes(write, "bind", resource, ref.text("name"));
        if (rbac.index().why(write.caller(), bind).isPresent()) {
            return;
        }
        if (role.isEmpty()) {
            throw ApiFault.notFound(local ? Rbac.ROLES : Rbac.CLUSTER_ROLES, ref.text("name"));
        }
        holds(write, "bind", ref.text("name"), Rule.all(role.get().tree()), resource);
    }

    private static Attributes attributes(Write write, String verb, String resource, String name) {
        return new Attributes(verb, Rbac.GROUP, "v1", resource, "", write.key().namespace(), name, "");
    }

    private void holds(Write write, String verb, String name, List<Rule> rules, String resource) {
        if (rbac.index().why(write.caller(), attributes(write, verb, resource, name)).isPresent()) {
            return;
        }
        List<Rule> owned = rbac.index().rules(write.caller(), write.key().namespace());
        TreeSet<String> missing = new TreeSet<>();
        rules.stream().filter(r -> !r.coveredBy(owned)).forEach(r -> missing.add(r.shown()));
        if (!missing.isEmpty()) {
            Caller c = write.caller();
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "user \"" + c.user() + "\" (groups=[\""
                    + String.join("\" \"", c.groups()) + "\"]) is attempting to grant RBAC permissions not currently"
                    + " held:\n" + String.join("\n", missing));
        }
    }
}
