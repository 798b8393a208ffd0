package io.k3j.ingressresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which values of Traefik's chart are done, and which are told not to be.
class IngressValuesTest {
    static Obj config(String yaml) {
        return config(Struct.of("valuesContent", yaml));
    }

    private static Obj config(Struct spec) {
        return Obj.of(Struct.of("apiVersion", "helm.cattle.io/v1", "kind", "HelmChartConfig", "metadata",
                Struct.of("namespace", "kube-system", "name", "traefik"), "spec", spec));
    }

    static IngressValues values(String yaml) {
        return IngressValues.of(Optional.of(config(yaml)));
    }

    @Test
    void withoutAnythingAllIsAsUsual() {
        assertThat(IngressValues.of(Optional.empty())).isEqualTo(IngressValues.NONE);
        assertThat(values("")).isEqualTo(IngressValues.NONE);
        assertThat(values("").mark()).isEmpty();
        assertThat(values("service: {type: LoadBalancer}\nports: {websecure: {tls: {enabled: true}}}"))
                .isEqualTo(IngressValues.NONE);
    }

    @Test
    void portsPolicyClassAndLogAreTaken() {
        IngressValues values = values("""
                ports:
                  web: {exposedPort: 8000}
                  websecure: {exposedPort: 443}
                service:
                  spec: {externalTrafficPolicy: Local, loadBalancerSourceRanges: [192.0.2.0/24]}
                ingressClass: {isDefaultClass: false}
                logs: {access: {enabled: true}}
                """);
        assertThat(values.problems()).isEmpty();
        assertThat(values.port(EntryPoint.WEB)).isEqualTo(8000);
        assertThat(values.port(EntryPoint.WEBSECURE)).isEqualTo(443);
        assertThat(values.service()).isEqualTo(Struct.of("spec", Struct.of("loadBalancerSourceRanges",
                Seq.of("192.0.2.0/24"), "externalTrafficPolicy", "Local")));
        assertThat(values.defaultClass()).isFalse();
        assertThat(values.accessLog()).isTrue();
        assertThat(values.mark()).isNotEqualTo(values("ports: {web: {exposedPort: 8000}}").mark()).isNotEmpty();
    }

    @Test
    void whatTheChartSaysOfItsServiceIsTaken() {
        IngressValues values = values("""
                ports: {web: {nodePort: 30080, expose: true}}
                service:
                  type: NodePort
                  annotations: {svccontroller.k3s.cattle.io/lbpool: a, other: 1}
                  labels: {team: web}
                  externalIPs: [192.0.2.7]
                  spec: {loadBalancerClass: example.com/lb, loadBalancerIP: 192.0.2.9, ipFamilyPolicy: SingleStack}
                """);
        assertThat(values.service()).isEqualTo(Struct.of("spec", Struct.of("type", "NodePort", "externalIPs",
                Seq.of("192.0.2.7"), "ipFamilyPolicy", "SingleStack", "loadBalancerClass", "example.com/lb",
                "loadBalancerIP", "192.0.2.9"), "labels", Struct.of("team", "web"), "annotations",
                Struct.of("svccontroller.k3s.cattle.io/lbpool", "a"), "nodePorts", Struct.of("web", 30080)));
        assertThat(values.problems()).singleElement().matches(p -> p.message().endsWith("service.annotations.other"));
        assertThat(values("service: {type: ExternalName}").problems()).singleElement()
                .matches(p -> p.message().equals("service.type is not LoadBalancer or NodePort or ClusterIP"));
    }

    @Test
    void argumentsOfTraefikAreTakenWhereTheyMeanTheSame() {
        IngressValues values = values("""
                additionalArguments:
                - --entrypoints.web.http.redirections.entryPoint.to=:443
                - --entryPoints.web.http.redirections.entrypoint.scheme=https
                - --entrypoints.web.http.redirections.entrypoint.permanent=false
                - --accesslog
                - --api.insecure=true
                """);
        assertThat(values.redirect()).isEqualTo(new IngressValues.Redirection(false, 443));
        assertThat(values.accessLog()).isTrue();
        assertThat(values.problems()).singleElement()
                .matches(p -> p.message().endsWith("effect: additionalArguments --api.insecure"));
        assertThat(values("additionalArguments: [--entrypoints.web.http.redirections.entrypoint.to=other]").problems())
                .singleElement().matches(p -> p.message().endsWith(".to is not websecure or a port"));
    }

    @Test
    void redirectionsOfThisChartAndOfOlderOnesAreTaken() {
        assertThat(values("ports: {web: {redirections: {entryPoint: {to: websecure, scheme: https, permanent: true}}},"
                + " websecure: {exposedPort: 8443}}").redirect()).isEqualTo(new IngressValues.Redirection(true, 8443));
        assertThat(values("ports: {web: {redirectTo: {port: websecure}}}").redirect())
                .as("permanent, as Traefik has it").isEqualTo(new IngressValues.Redirection(true, 443));
        assertThat(values("ports: {web: {http: {redirections: {entryPoint: {to: websecure, permanent: false}}}}}")
                .redirect()).isEqualTo(new IngressValues.Redirection(false, 443));
        assertThat(values("ports: {web: {redirectTo: websecure}}").redirect()).isNotNull();
        assertThat(values("ports: {web: {redirections: {entryPoint: {to: metrics}}}}").problems())
                .singleElement().matches(p -> p.reason().equals("InvalidValues"));
    }

    @Test
    void everyOtherValueIsNamed() {
        IngressValues values = values("""
                additionalArguments: [--serversTransport.insecureSkipVerify=true]
                providers: {kubernetesIngress: {allowExternalNameServices: true}}
                deployment: {replicas: 3}
                """);
        assertThat(values.problems()).singleElement().matches(p -> p.reason().equals("UnsupportedValues"))
                .matches(p -> p.message().endsWith("additionalArguments --serverstransport.insecureskipverify, "
                        + "deployment.replicas, "
                        + "providers.kubernetesIngress.allowExternalNameServices"));
        assertThat(IngressValues.of(Optional.of(config(Struct.of("values", Struct.of("a", Struct.of("b", 1)),
                "valuesSecrets", Seq.of(Struct.of("name", "s")))))).problems()).singleElement()
                .matches(p -> p.message().endsWith("a.b, spec.valuesSecrets"));
    }

    @Test
    void whatCannotBeReadChangesNothingAndIsTold() {
        IngressValues values = values("{ports: [");
        assertThat(values.mark()).isEmpty();
        assertThat(values.problems()).singleElement().matches(p -> p.message().startsWith("its values cannot be read"));
        assertThat(values("a: ".repeat(1) + "{b: ".repeat(100) + "1" + "}".repeat(100)).problems()).hasSize(1);
    }
}
