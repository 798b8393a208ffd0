package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How arguments of components are put together with K3s' own, by its `name+=value` and `name-=value`.
class ExtraArgumentsTest {
    private static final Map<String, Map<String, String>> PRESETS = ExtraArguments.withNode(
            ExtraArguments.presets("cluster.local", "/data"), List.of("a=b", "c=d"), List.of("e=f:NoSchedule"));

    private static List<String> applied(String flag, String... values) {
        Flag known = Flags.of("server").named(flag).orElseThrow();
        List<Setting> given = Stream.of(values).map(value -> new Setting(known, value, "test")).toList();
        return ExtraArguments.applied(given, PRESETS.getOrDefault(flag, Map.of())).stream().map(Setting::value)
                .toList();
    }

    @Test
    void anArgumentTakesThePlaceOfK3sOwn() {
        assertThat(applied("kube-apiserver-arg", "authorization-mode=Webhook", "--v=4"))
                .containsExactly("authorization-mode=Webhook", "--v=4");
    }

    @Test
    void plusGoesAfterIt() {
        assertThat(applied("kube-apiserver-arg", "authorization-mode+=Webhook", "--enable-admission-plugins+=A",
                "enable-admission-plugins+=B")).containsExactly("authorization-mode=Node,RBAC,Webhook",
                        "enable-admission-plugins=NodeRestriction,A,B");
    }

    @Test
    void minusGoesBeforeIt() {
        assertThat(applied("kube-apiserver-arg", "authorization-mode-=Webhook"))
                .containsExactly("authorization-mode=Webhook,Node,RBAC");
        assertThat(applied("kube-apiserver-arg", "service-account-issuer-=https://new.example"))
                .containsExactly("service-account-issuer=https://new.example",
                        "service-account-issuer=https://kubernetes.default.svc.cluster.local");
        assertThat(applied("kube-apiserver-arg", "service-account-key-file+=/old.pub")).containsExactly(
                "service-account-key-file=/data/server/tls/service.key", "service-account-key-file=/old.pub");
    }

    @Test
    void plusGoesAfterWhatTheNodesOwnFlagsSay() {
        assertThat(applied("kubelet-arg", "node-labels+=g=h", "register-with-taints+=i=j:NoExecute")).containsExactly(
                "node-labels=a=b,c=d", "node-labels=g=h", "register-with-taints=e=f:NoSchedule,i=j:NoExecute");
        assertThat(applied("kubelet-arg", "node-labels=g=h", "register-with-taints=i=j:NoExecute"))
                .containsExactly("node-labels=g=h", "register-with-taints=i=j:NoExecute");
    }

    /// What has taken the place is not there to be added to.
    @Test
    void k3sOwnIsAddedToOnceOnly() {
        assertThat(applied("kube-apiserver-arg", "authorization-mode=ABAC", "authorization-mode+=RBAC"))
                .containsExactly("authorization-mode=ABAC,RBAC");
    }

    @Test
    void withoutOneOfK3sItIsTheValueAlone() {
        assertThat(applied("kubelet-arg", "max-pods+=200", "seccomp-default+")).containsExactly("max-pods=200",
                "seccomp-default=true");
    }

    @Test
    void listsAndMapsAreAddedUpAndOtherArgumentsStay() {
        assertThat(applied("kubelet-arg", "system-reserved=cpu=1", "max-pods=100", "system-reserved=memory=1Gi",
                "max-pods=200")).containsExactly("system-reserved=cpu=1,memory=1Gi", "max-pods=100", "max-pods=200");
    }

    @Test
    void otherFlagsAreLeftAlone() {
        assertThat(applied("node-label", "a+=b", "a+=c")).containsExactly("a+=b", "a+=c");
        assertThat(applied("kubelet-arg")).isEmpty();
    }
}
