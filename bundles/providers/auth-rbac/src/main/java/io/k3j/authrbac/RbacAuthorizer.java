package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Allows what roles and bindings grant, and everything for the group `system:masters`. Never denies.
@Component(service = Authorizer.class, property = {"name=RBAC", "service.ranking:Integer=100"})
public final class RbacAuthorizer implements Authorizer {
    private static final String MASTERS = "system:masters";
    private static final Decision MASTERS_DECISION = new Decision(Verdict.ALLOW, "");

    private final Rbac rbac;

    /// @param rbac the index of granted rules
    @Activate
    public RbacAuthorizer(@Reference Rbac rbac) {
        this.rbac = rbac;
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (caller.in(MASTERS)) {
            return MASTERS_DECISION;
        }
        return rbac.index().reason(caller, what).map(reason -> new Decision(Verdict.ALLOW, reason))
                .orElse(Decision.NO_OPINION);
    }

    @Override
    public List<Struct> resourceRules(Caller caller, String namespace) {
        return rbac.index().rules(caller, namespace).stream().filter(r -> r.paths().isEmpty())
                .map(PolicyRule::reviewRule)
                .toList();
    }

    @Override
    public List<Struct> pathRules(Caller caller) {
        return rbac.index().rules(caller, "").stream().filter(r -> !r.paths().isEmpty()).map(PolicyRule::reviewRule)
                .toList();
    }
}
