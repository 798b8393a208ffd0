package com.example.breakglass;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.AuthorizerContract;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keeps what every authorizer promises, and what an `AccessGrant` says.
class GrantAuthorizerTest extends AuthorizerContract {
    private static final Caller JANE = Caller.of("jane", List.of("system:authenticated"));
    private final ManualClock clock = new ManualClock();
    private final List<Obj> grants = List.of(Obj.of(Struct.of("apiVersion", "access.example.com/v1", "kind",
            "AccessGrant", "metadata", Struct.of("name", "night"), "spec", Struct.of("user", "jane", "verbs",
                    List.of("get", "create"), "resources", List.of("deployments.apps", "pods/exec"), "namespaces",
                    List.of("shop"), "until", clock.instant().plus(Duration.ofHours(1)).toString()))));
    private final Authorizer authorizer = new GrantAuthorizer(() -> grants, clock);

    private static Attributes deployment(String verb, String namespace) {
        return new Attributes(verb, "apps", "v1", "deployments", "", namespace, "web", "");
    }

    @Override
    protected Authorizer authorizer() {
        return authorizer;
    }

    @Override
    protected Question allowed() {
        return new Question(JANE, deployment("get", "shop"));
    }

    @Override
    protected Question notAllowed() {
        return new Question(JANE, deployment("delete", "shop"));
    }

    private Verdict verdict(Caller caller, Attributes what) {
        return authorizer.decide(caller, what).verdict();
    }

    @Test
    void saysByWhichGrant() {
        assertThat(authorizer.decide(JANE, deployment("get", "shop")))
                .isEqualTo(new Decision(Verdict.ALLOW, "allowed by AccessGrant night"));
    }

    @Test
    void aGrantIsForItsUserItsNamespacesAndItsTimeOnly() {
        assertThat(verdict(Caller.of("joe", List.of()), deployment("get", "shop"))).isEqualTo(Verdict.NO_OPINION);
        assertThat(verdict(JANE, deployment("get", "bank"))).isEqualTo(Verdict.NO_OPINION);
        assertThat(verdict(JANE, deployment("get", ""))).as("of all namespaces").isEqualTo(Verdict.NO_OPINION);
        clock.step(Duration.ofHours(1));
        assertThat(verdict(JANE, deployment("get", "shop"))).isEqualTo(Verdict.NO_OPINION);
    }

    @Test
    void aSubresourceIsGrantedByItsName() {
        Attributes exec = new Attributes("create", "", "v1", "pods", "exec", "shop", "web", "");
        assertThat(verdict(JANE, exec)).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(JANE, new Attributes("create", "", "v1", "pods", "", "shop", "web", "")))
                .isEqualTo(Verdict.NO_OPINION);
    }

    @Test
    void tellsWhatSomebodyMayDoWhoAsks() {
        assertThat(authorizer.resourceRules(JANE, "shop")).containsExactly(
                Struct.of("verbs", List.of("create", "get"), "apiGroups", List.of("apps"), "resources",
                        List.of("deployments")),
                Struct.of("verbs", List.of("create", "get"), "apiGroups", List.of(""), "resources",
                        List.of("pods/exec")));
        assertThat(authorizer.resourceRules(JANE, "bank")).isEmpty();
    }
}
