package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceStatusTest {
    private static final Struct SERVICE = Kit.yaml("""
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: default}
            spec: {type: LoadBalancer, ports: [{port: 80}]}
            """);
    private final Kit kit = new Kit();

    private static Struct at(String... addresses) {
        return with(List.of(addresses).stream().map(a -> Struct.of("ip", a, "ipMode", "VIP")).toArray(Struct[]::new));
    }

    private static Struct with(Struct... ingress) {
        return SERVICE.withAt(Seq.copyOf(List.of(ingress)), "status", "loadBalancer", "ingress");
    }

    private List<String> problems(Struct before, Struct after) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "status");
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void anAddressOfALoadBalancerHasOneTextOnly() {
        assertThat(problems(SERVICE, at("192.0.2.7", "2001:db8::7"))).isEmpty();
        assertThat(problems(SERVICE, at("192.0.2.7", "::ffff:10.43.0.10", "10.1"))).containsExactly(
                "status.loadBalancer.ingress[1].ip: Invalid value: \"::ffff:10.43.0.10\": must not be an IPv4-mapped"
                        + " IPv6 address",
                "status.loadBalancer.ingress[2].ip: Invalid value: \"10.1\": must be a valid IP address, (e.g."
                        + " 10.9.8.7 or 2001:db8::ffff)");
    }

    @Test
    void whatWasStoredWhenNobodyLookedKeepsNobodyFromOtherChanges() {
        Struct told = at("10.1").withAt(Seq.of(Struct.of("type", "x", "status", "True")), "status", "conditions");
        assertThat(problems(at("10.1"), told)).isEmpty();
    }

    @Test
    void anAddressThatWasThereStaysBesideOthers() {
        assertThat(problems(at("10.1"), at("192.0.2.7", "10.1"))).isEmpty();
    }

    @Test
    void anAddressSaysHowPacketsCome() {
        Struct service = with(Struct.of("ip", "192.0.2.7"), Struct.of("ip", "192.0.2.8", "ipMode", "Odd"),
                Struct.of("hostname", "a.example", "ipMode", "VIP"));
        assertThat(problems(SERVICE, service)).containsExactly(
                "status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set",
                "status.loadBalancer.ingress[1].ipMode: Unsupported value: \"Odd\": supported values: \"Proxy\","
                        + " \"VIP\"",
                "status.loadBalancer.ingress[2].ipMode: Forbidden: may not be specified when `ip` is not set");
        Struct filled = kit.hooks(service).defaulted(kit.kind(service).gvk(), service);
        assertThat(filled.struct("status").struct("loadBalancer").seq("ingress").structs())
                .extracting(i -> i.text("ipMode")).as("by default with their address in them")
                .containsExactly("VIP", "Odd", "VIP");
    }

    @Test
    void aNameIsNoAddress() {
        assertThat(problems(SERVICE, with(Struct.of("hostname", "a.example"), Struct.of("hostname", "192.0.2.7"),
                Struct.of("hostname", "A")))).hasSize(2)
                .first().isEqualTo("status.loadBalancer.ingress[1].hostname: Invalid value: \"192.0.2.7\": must be a"
                        + " DNS name, not an IP address");
    }

    @Test
    void onlyLoadBalancersHaveOne() {
        Struct plain = SERVICE.withAt("NodePort", "spec", "type");
        assertThat(problems(plain, at("192.0.2.7").withAt("NodePort", "spec", "type"))).containsExactly(
                "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'");
        Struct changed = kit.hooks(plain).prepared(kit.write(Operation.UPDATE, plain, Optional.of(at("192.0.2.7")), ""),
                at("192.0.2.7").withAt("NodePort", "spec", "type"));
        assertThat(changed.struct("status").struct("loadBalancer").isEmpty()).as("and lose it with the type").isTrue();
    }
}
