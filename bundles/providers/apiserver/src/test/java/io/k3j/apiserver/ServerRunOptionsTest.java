package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.StrictTransport;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerRunOptionsTest {
    private static int seats(String... args) {
        return policy(args).seats();
    }

    private static Core.Policy policy(String... args) {
        ApiServerSettings settings = (ApiServerSettings) Proxy.newProxyInstance(
                ApiServerSettings.class.getClassLoader(), new Class<?>[] {ApiServerSettings.class},
                (proxy, method, given) -> switch (method.getName()) {
                    case "kubeApiserverArg" -> args;
                    case "advertiseAddress" -> "127.0.0.1";
                    default -> method.getDefaultValue();
                });
        return ServerRunOptions.of(settings).policy();
    }

    @Test
    void theSeatsAreBothNumbersOfRequestsTogether() {
        assertThat(seats()).isEqualTo(600);
        assertThat(seats("max-requests-inflight=50")).isEqualTo(250);
        assertThat(seats("max-requests-inflight=50", "max-mutating-requests-inflight=0")).isEqualTo(50);
        assertThat(seats("enable-priority-and-fairness=true")).isEqualTo(600);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> seats("max-requests-inflight=many"))
                .hasMessageContaining("--kube-apiserver-arg=max-requests-inflight=many").hasMessageContaining("400");
        assertThatThrownBy(() -> seats("max-mutating-requests-inflight=-1")).hasMessageContaining("=-1");
        assertThatThrownBy(() -> seats("max-requests-inflight=0", "max-mutating-requests-inflight=0"))
                .hasMessageContaining("no request would be served");
        assertThatThrownBy(() -> seats("enable-priority-and-fairness=false"))
                .hasMessageContaining("--kube-apiserver-arg=enable-priority-and-fairness=false");
    }

    @Test
    void whoMaySignForPodsIsAskedWhereTheGateIsOn() {
        assertThat(policy().admission()).doesNotContain("PodCertificateSigning");
        assertThat(policy("feature-gates=PodCertificateRequest=true",
                "disable-admission-plugins=PodCertificateSigning").admission()).contains("PodCertificateSigning");
    }

    @Test
    void cborIsServedWhereTheGateIsOn() {
        assertThat(policy().cbor()).isFalse();
        assertThat(policy("feature-gates=CBORServingAndStorage=true").cbor()).isTrue();
    }

    @Test
    void watchesLastAsLongAsIsAskedFor() {
        assertThat(policy().leastWatch()).isEqualTo(Duration.ofMinutes(30));
        assertThat(policy("min-request-timeout=300").leastWatch()).isEqualTo(Duration.ofMinutes(5));
        assertThatThrownBy(() -> policy("min-request-timeout=0"))
                .hasMessage("--kube-apiserver-arg=min-request-timeout=0 must be a whole number of at least 1;"
                        + " try --kube-apiserver-arg=min-request-timeout=1800");
    }

    @Test
    void clientsAreAskedToGoOverAtMostOnceInFiftyRequests() {
        assertThat(policy().goAway()).isZero();
        assertThat(policy("goaway-chance=0.02").goAway()).isEqualTo(0.02);
        assertThatThrownBy(() -> policy("goaway-chance=0.03"))
                .hasMessageStartingWith("--kube-apiserver-arg=goaway-chance=0.03 can not be less than 0 or greater"
                        + " than 0.02");
        assertThatThrownBy(() -> policy("goaway-chance=-1")).hasMessageContaining("goaway-chance");
    }

    @Test
    void browsersMayDoWhatArgumentsSay() {
        assertThat(policy().origins().isEmpty()).isTrue();
        assertThat(policy("cors-allowed-origins=^https://a$").origins().allows("https://a")).isTrue();
        assertThatThrownBy(() -> policy("cors-allowed-origins=a")).hasMessageContaining("does not pin to start/end");
        assertThat(policy().transport()).isSameAs(StrictTransport.NONE);
        assertThat(policy("strict-transport-security-directives=preload").transport())
                .isNotSameAs(StrictTransport.NONE);
    }

    @Test
    void plugInsThatAreEnabledAreWaitedFor() {
        assertThat(policy().admission()).doesNotContain("EventRateLimit");
        assertThat(policy("enable-admission-plugins=NodeRestriction,EventRateLimit").admission())
                .contains("EventRateLimit", "NodeRestriction", "PodSecurity").doesNotContain("ResourceQuota");
        assertThat(policy("enable-admission-plugins=AlwaysAdmit,PodNodeSelector").admission())
                .contains("PodNodeSelector").doesNotContain("AlwaysAdmit");
        assertThatThrownBy(() -> policy("enable-admission-plugins=PodSecurityPolicy"))
                .hasMessageStartingWith("enable-admission-plugins plugin \"PodSecurityPolicy\" is unknown");
        assertThat(policy("enable-admission-plugins=AlwaysDeny").admission()).contains("AlwaysDeny");
        assertThatThrownBy(() -> policy("enable-admission-plugins=LimitRanger",
                "disable-admission-plugins=LimitRanger,PodSecurity")).hasMessage(
                        "[LimitRanger] in enable-admission-plugins and disable-admission-plugins overlapped; leave them "
                                + "out of one");
    }

    @Test
    void aRequestTimeoutIsADurationThatIsNotShorterThanRequestsMayTake() {
        assertThat(policy("request-timeout=300s", "service-account-lookup=true")).isNotNull();
        assertThatThrownBy(() -> policy("request-timeout=5s")).hasMessageContaining("request-timeout=5s");
        assertThatThrownBy(() -> policy("request-timeout=long")).hasMessageContaining("request-timeout=long");
    }

    @Test
    void requestsAreRecordedWhereThereIsAPolicyAndAPlaceForThem() {
        assertThat(policy("audit-policy-file=/p").audited()).isFalse();
        assertThat(policy("audit-webhook-config-file=/c").audited()).isFalse();
        assertThat(policy("audit-policy-file=/p", "audit-log-path=-").audited()).isTrue();
        assertThat(policy("audit-policy-file=/p", "audit-webhook-config-file=/c").audited()).isTrue();
    }
}
