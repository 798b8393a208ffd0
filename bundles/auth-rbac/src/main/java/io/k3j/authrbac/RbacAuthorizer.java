package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Allows what roles and bindings allow, and everything to the group `system:masters`. Never denies.
@Component(service = Authorizer.class, property = {"name=RBAC", "service.ranking:Integer=100"})
public final class RbacAuthorizer implements Authorizer {
    private static final String MASTERS = "system:masters";
    private static final Decision MASTER = new Decision(Verdict.ALLOW, "");

    private final Rbac rbac;

    /// Answers from the index.
    @Activate
    public RbacAuthorizer(@Reference Rbac rbac) {
        this.rbac = rbac;
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (caller.in(MASTERS)) {
            return MASTER;
        }
        return rbac.index().why(caller, what).map(why -> new Decision(Verdict.ALLOW, why))
                .orElse(Decision.NO_OPINION);
    }

    @Override
    public List<Struct> resourceRules(Caller caller, String namespace) {
        return rbac.index().rules(caller, namespace).stream().filter(r -> r.paths().isEmpty()).map(Rule::reviewed)
                .toList();
    }

    @Override
    public List<Struct> pathRules(Caller caller) {
        return rbac.index().rules(caller, "").stream().filter(r -> !r.paths().isEmpty()).map(Rule::reviewed).toList();
    }
}
