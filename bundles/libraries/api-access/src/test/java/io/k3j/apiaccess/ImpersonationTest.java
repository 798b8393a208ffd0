package io.k3j.apiaccess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImpersonationTest {
    private static final Attributes LIST = new Attributes("list", "", "v1", "pods", "", "a", "", "");
    private static final Caller EVE = Caller.of("eve", List.of());
    /// `verb group resource/subresource namespace name`.
    private final Set<String> allowed = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Caller> askedFor = new ArrayList<>();
    private final Impersonation impersonation = new Impersonation((caller, what) -> {
        String question = what.verb() + " " + what.group() + " " + what.resource()
                + (what.subresource().isEmpty() ? "" : "/" + what.subresource()) + " " + what.namespace() + " "
                + what.name() + what.path();
        asked.add(question);
        askedFor.add(caller);
        if (!allowed.contains(question)) {
            throw Access.forbidden(caller, what, "");
        }
    });

    private static Caller wanted(String user, List<String> groups, Map<String, List<String>> extra) {
        return new Caller(user, "", groups, extra);
    }

    private static Caller wanted(String user) {
        return wanted(user, List.of(), Map.of());
    }

    private void refused(Caller real, Caller wanted, String words) {
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> impersonation.acting(real, wanted, LIST))
                .satisfies(f -> {
                    assertThat(f.code()).isEqualTo(403);
                    assertThat(f.getMessage()).contains(words);
                });
    }

    @ParameterizedTest
    @CsvSource({"jane, user-info, users, '', jane, system:authenticated",
            "system:node:n1, arbitrary-node, nodes, '', n1, system:nodes system:authenticated",
            "system:serviceaccount:ns:bot, serviceaccount, serviceaccounts, ns, bot,"
                    + " system:serviceaccounts system:serviceaccounts:ns system:authenticated"})
    void bothPermissionsOfAModeAllowIt(String user, String mode, String resource, String namespace, String name,
            String groups) {
        allowed.add("impersonate-on:" + mode + ":list  pods a ");
        refused(EVE, wanted(user), "cannot impersonate:" + mode + " resource \"" + resource + "\"");
        allowed.add("impersonate:" + mode + " authentication.k8s.io " + resource + " " + namespace + " " + name);
        Impersonation.Acting acting = impersonation.acting(EVE, wanted(user), LIST);
        assertThat(acting.constraint()).isEqualTo("impersonate:" + mode);
        assertThat(acting.as().groups()).containsExactly(groups.split(" "));
        Attributes delete = new Attributes("delete", "", "v1", "pods", "", "a", "p", "");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> impersonation.acting(EVE, wanted(user), delete));
    }

    @Test
    void aPathIsAskedForByItsVerb() {
        allowed.add("impersonate-on:user-info:get    /metrics");
        allowed.add("impersonate:user-info authentication.k8s.io users  jane");
        assertThat(impersonation.acting(EVE, wanted("jane"), Attributes.path("get", "/metrics")).as().user())
                .isEqualTo("jane");
    }

    @Test
    void plainImpersonationIsStillEnoughAndTriedFirstTheNextTime() {
        allowed.add("impersonate  users  jane");
        assertThat(impersonation.acting(EVE, wanted("jane"), LIST).constraint()).isEmpty();
        assertThat(asked).containsExactly("impersonate-on:user-info:list  pods a ", "impersonate  users  jane");
        asked.clear();
        impersonation.acting(EVE, wanted("jane"), LIST);
        assertThat(asked).containsExactly("impersonate  users  jane");
        allowed.clear();
        refused(EVE, wanted("jane"), "cannot impersonate resource \"users\"");
    }

    private static Caller agent(String node) {
        return new Caller("system:serviceaccount:kube-system:agent", "u", List.of("system:serviceaccounts"),
                Map.of("authentication.kubernetes.io/node-name", List.of(node),
                        "authentication.kubernetes.io/pod-name", List.of("agent-x")));
    }

    @Test
    void aPodMayActAsItsOwnNodeAndNoOther() {
        allowed.add("impersonate-on:associated-node:list  pods a ");
        allowed.add("impersonate:associated-node authentication.k8s.io nodes  *");
        Impersonation.Acting acting = impersonation.acting(agent("n1"), wanted("system:node:n1"), LIST);
        assertThat(acting.as()).isEqualTo(Caller.of("system:node:n1", List.of("system:nodes",
                "system:authenticated")));
        assertThat(acting.constraint()).isEqualTo("impersonate:associated-node");
        assertThat(askedFor).allSatisfy(caller -> assertThat(caller.extra()).isEqualTo(
                Map.of("authentication.kubernetes.io/associated-node-keys", List.of(
                        "authentication.kubernetes.io/node-name", "authentication.kubernetes.io/pod-name"))));
        refused(agent("n1"), wanted("system:node:n2"), "cannot impersonate-on:arbitrary-node:list");
        refused(EVE, wanted("system:node:n1"), "cannot impersonate-on:arbitrary-node:list");
    }

    /// A node with groups of one's choice would be more than a node.
    @Test
    void nodesAndServiceAccountsWithGroupsTakePlainImpersonation() {
        refused(EVE, wanted("system:node:n1", List.of("g"), Map.of()), "cannot impersonate resource \"users\"");
        refused(EVE, wanted("system:serviceaccount:a:b", List.of("g"), Map.of()),
                "cannot impersonate resource \"serviceaccounts\"");
        assertThat(asked).noneMatch(question -> question.startsWith("impersonate-on:"));
    }

    @Test
    void noConstrainedModeGivesTheGroupThatMayDoEverything() {
        allowed.add("impersonate-on:user-info:list  pods a ");
        allowed.add("impersonate:user-info authentication.k8s.io users  jane");
        allowed.add("impersonate:user-info authentication.k8s.io groups  system:masters");
        refused(EVE, wanted("jane", List.of("system:masters"), Map.of()), "system:masters group is not allowed");
        refused(EVE, wanted("jane", List.of(""), Map.of()), "empty string group is not allowed");
    }

    @Test
    void manyGroupsAndExtraValuesAreAskedForAtOnce() {
        allowed.add("impersonate-on:user-info:list  pods a ");
        allowed.add("impersonate:user-info authentication.k8s.io users  jane");
        allowed.add("impersonate:user-info authentication.k8s.io groups  *");
        allowed.add("impersonate:user-info authentication.k8s.io userextras/*  *");
        Caller jane = wanted("jane", List.of("a", "b", "c", "d"), Map.of("acme.com/p", List.of("1", "2", "3", "4")));
        assertThat(impersonation.acting(EVE, jane, LIST).constraint()).isEqualTo("impersonate:user-info");
        assertThat(asked).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"scopes, x, domain-prefixed path", "acme_com/p, x, 'Invalid value: \"acme_com\": a lowercase RFC'",
            "acme.com/p p, x, 'Invalid value: \"p p\": Invalid path'", "acme.com/p, '', empty string value",
            "acme.com/P, x, non-lowercase"})
    void extraValuesOfConstrainedImpersonationAreWellFormed(String key, String value, String words) {
        allowed.add("impersonate-on:user-info:list  pods a ");
        allowed.add("impersonate:user-info authentication.k8s.io users  jane");
        refused(EVE, wanted("jane", List.of(), Map.of(key, List.of(value))), words);
    }
}
