package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceLbControllerTest {
    private static final Obj ONE = Scenery.node("n1", "InternalIP=192.0.2.1");
    private static final Obj TWO = Scenery.node("n2", "InternalIP=192.0.2.2");
    private final Scenery scenery = new Scenery().put(ONE).put(TWO);

    private static Obj local(String name) {
        return Scenery.balanced(name, "TCP/80").with("Local", "spec", "externalTrafficPolicy");
    }

    @Test
    void aServiceGetsTheAddressesOfAllNodesAndItsFinalizer() {
        scenery.create(Scenery.balanced("web", "TCP/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(IngressStatus.of(scenery.service("web")).structs()).allMatch(e -> e.text("ipMode").equals("VIP"));
        assertThat(scenery.service("web").finalizers()).containsExactly(ServiceLbLabels.FINALIZER);
        assertThat(scenery.stage.events()).contains("EnsuringLoadBalancer: Ensuring load balancer",
                "UpdatedLoadBalancer: Updated LoadBalancer with new IPs: [] -> [192.0.2.1 192.0.2.2]");
    }

    @Test
    void anAddressInAServiceCidrIsNoNodes() {
        Gvr cidrs = Gvr.of("networking.k8s.io/v1", "servicecidrs");
        scenery.create(Scenery.balanced("web", "TCP/80"));
        scenery.stage.api.seed(cidrs, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "ServiceCIDR",
                "metadata", Struct.of("name", "more"), "spec", Struct.of("cidrs", Seq.of("192.0.2.2/32")))));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1");
        scenery.stage.api.vanish(cidrs, Key.of("more"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void nothingIsWrittenWhenNothingChanges() {
        scenery.create(Scenery.balanced("web", "TCP/80")).stage.settle();
        int before = scenery.stage.api.calls().size();
        scenery.put(ONE.with("now", "status", "heartbeat")).stage.settle();
        assertThat(scenery.stage.api.calls()).hasSize(before);
    }

    @Test
    void aNodeThatIsNotReadyLeavesTheStatusAndComesBack() {
        scenery.create(Scenery.balanced("web", "TCP/80")).put(Scenery.ready(ONE, "Unknown"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        scenery.put(ONE);
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void aNodeThatIsDeletedOrExcludedLeavesTheStatus() {
        scenery.create(Scenery.balanced("web", "TCP/80"))
                .put(Scenery.labelled(ONE, ServiceLbLabels.EXCLUDE, ""));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        scenery.stage.api.vanish(BuiltinResources.NODES, Key.of("n2"));
        assertThat(scenery.addresses("web")).isEmpty();
        assertThat(scenery.stage.events())
                .contains("UnAvailableLoadBalancer: There are no available nodes for LoadBalancer");
    }

    @Test
    void withALocalPolicyOnlyNodesWithAReadyEndpointAreShown() {
        scenery.create(local("web"));
        assertThat(scenery.addresses("web")).isEmpty();
        scenery.endpoints("web", "n2");
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        scenery.endpoints("web", "n1");
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1");
    }

    @Test
    void withALocalPolicyANodeStaysWhileItsLastEndpointEndsAndServes() {
        scenery.create(local("web")).endpoints("web", Struct.of("ready", false, "serving", true, "terminating", true),
                "n1");
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1");
        scenery.endpoints("web", Struct.of("ready", false, "serving", false, "terminating", true), "n1");
        assertThat(scenery.addresses("web")).isEmpty();
    }

    @Test
    void theOlderOfTwoServicesKeepsThePortAndTheOtherIsToldWhoHasIt() {
        scenery.create(Scenery.balanced("older", "TCP/80")).create(Scenery.balanced("younger", "TCP/80"));
        assertThat(scenery.addresses("older")).hasSize(2);
        assertThat(scenery.addresses("younger")).isEmpty();
        assertThat(scenery.stage.events()).contains("UnAvailableLoadBalancer: There are no available nodes for"
                + " LoadBalancer: port tcp/80 of node n1 belongs to Service default/older, port tcp/80 of node n2"
                + " belongs to Service default/older");
        scenery.stage.api.delete(BuiltinResources.SERVICES, new Key("default", "older"), DeleteOptions.PLAIN);
        assertThat(scenery.addresses("younger")).hasSize(2);
    }

    @Test
    void aNewNodeGoesToTheOlderOfTwoServicesThatWantIt() {
        scenery.create(Scenery.balanced("z-older", "TCP/80")).create(Scenery.balanced("a-younger", "TCP/80"));
        scenery.put(Scenery.node("n3", "InternalIP=192.0.2.3"));
        assertThat(scenery.addresses("z-older")).contains("192.0.2.3");
        assertThat(scenery.addresses("a-younger")).isEmpty();
    }

    @Test
    void samePortsOfDifferentProtocolsAreDifferentPorts() {
        scenery.create(Scenery.balanced("tcp", "TCP/53")).create(Scenery.balanced("udp", "UDP/53", "SCTP/53"));
        assertThat(scenery.addresses("udp")).hasSize(2);
    }

    @Test
    void aServiceKeepsItsPortAgainstAnOlderOneThatWantsItLater() {
        scenery.create(Scenery.balanced("older", "TCP/81")).create(Scenery.balanced("younger", "TCP/80"));
        scenery.changed("older", Scenery.balanced("older", "TCP/80"));
        assertThat(scenery.addresses("younger")).hasSize(2);
        assertThat(scenery.addresses("older")).isEmpty();
    }

    @Test
    void anotherLeaderTakesOverWhoHasWhat() {
        scenery.create(Scenery.balanced("older", "TCP/81")).create(Scenery.balanced("younger", "TCP/80"));
        scenery.changed("older", Scenery.balanced("older", "TCP/80"));
        scenery.stage.settle();
        Scenery next = new Scenery().put(ONE).put(TWO);
        for (String name : List.of("older", "younger")) {
            next.stage.api.seed(BuiltinResources.SERVICES, scenery.service(name).withRevision(0));
        }
        assertThat(next.addresses("younger")).hasSize(2);
        assertThat(next.addresses("older")).isEmpty();
    }

    @Test
    void aPortInUseOnANodeIsLeftToTheProcess() {
        scenery.put(Scenery.reporting(ONE, "tcp/22 tcp/80=nginx")).create(Scenery.balanced("web", "TCP/22", "TCP/80"));
        scenery.put(Scenery.reporting(TWO, "tcp/22 tcp/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        assertThat(scenery.stage.events())
                .contains("PortConflict: port tcp/80 of node n1 is in use by the process nginx");
        scenery.put(Scenery.reporting(ONE, "tcp/22 tcp/80"));
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aProcessThatComesLaterDoesNotTakeThePort() {
        scenery.create(Scenery.balanced("web", "TCP/80")).put(Scenery.reporting(ONE, "tcp/80=nginx"));
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aNodeThatHasNotLookedYetIsWaitedFor() {
        scenery.put(Scenery.reporting(ONE, "tcp/22"));
        scenery.create(Scenery.balanced("web", "TCP/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        scenery.put(Scenery.reporting(ONE, "tcp/22 tcp/80"));
        assertThat(scenery.addresses("web")).hasSize(2);
        assertThat(scenery.stage.events()).noneMatch(e -> e.startsWith("PortConflict"));
    }

    @Test
    void aNodeThatNeverLooksDoesNotCarryTheServiceAndPeopleAreTold() {
        scenery.put(Scenery.reporting(ONE, "tcp/22")).create(Scenery.balanced("web", "TCP/80"));
        scenery.stage.pass(Allotments.LONGEST_LOOK);
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        assertThat(scenery.stage.events()).contains(
                "PortConflict: port tcp/80 of node n1 is not known to be free yet: the node has not looked");
    }

    @Test
    void aNodeOfStockK3sCarriesServicesUnasked() {
        scenery.put(ONE.without("metadata", "annotations")).create(Scenery.balanced("web", "TCP/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        scenery.stage.pass(Allotments.LONGEST_LOOK);
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aServiceStaysWhileItsNodesLookAtAFurtherPort() {
        scenery.put(Scenery.reporting(ONE, "tcp/80")).put(Scenery.reporting(TWO, "tcp/80"));
        scenery.create(Scenery.balanced("web", "TCP/80"));
        scenery.changed("web", Scenery.balanced("web", "TCP/80", "TCP/22"));
        assertThat(scenery.addresses("web")).hasSize(2);
        scenery.put(Scenery.reporting(ONE, "tcp/80 tcp/22=sshd")).put(Scenery.reporting(TWO, "tcp/22 tcp/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
    }

    @Test
    void portsOfK3sAreNeverTaken() {
        scenery.create(Scenery.balanced("api", "TCP/6443"));
        assertThat(scenery.addresses("api")).isEmpty();
        assertThat(scenery.stage.events()).anyMatch(e -> e.contains("port tcp/6443 of node n1 is K3s' own"));
    }

    @Test
    void aHostPortOfAPodIsNotTaken() {
        scenery.stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "proxy", "namespace", "infra"), "spec",
                Struct.of("nodeName", "n1", "containers",
                        Seq.of(Struct.of("ports", Seq.of(Struct.of("hostPort", 80L, "protocol", "TCP"))))),
                "status", Struct.of("phase", "Running"))));
        scenery.create(Scenery.balanced("web", "TCP/80"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.2");
        assertThat(scenery.stage.events())
                .contains("PortConflict: port tcp/80 of node n1 is a hostPort of pod infra/proxy");
        scenery.stage.end(new Key("infra", "proxy"), "Succeeded");
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aNodePortOfAnotherServiceIsNotTaken() {
        Obj other = Scenery.balanced("other", "TCP/81").with("NodePort", "spec", "type")
                .with(Seq.of(Struct.of("protocol", "TCP", "port", 81L, "nodePort", 30_080L)), "spec", "ports");
        scenery.create(other).create(Scenery.balanced("web", "TCP/30080"));
        assertThat(scenery.addresses("web")).isEmpty();
        scenery.stage.api.delete(BuiltinResources.SERVICES, other.key(), DeleteOptions.PLAIN);
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aServiceOfAnotherClassIsLeftAlone() {
        Seq theirs = Seq.of(Struct.of("ip", "192.0.2.1"));
        Obj service = BalancedService.with(Scenery.balanced("web", "TCP/80").with("other.example/lb", "spec",
                "loadBalancerClass"), theirs, true);
        scenery.stage.api.seed(BuiltinResources.SERVICES, service);
        int before = scenery.stage.api.calls().size();
        scenery.stage.settle();
        assertThat(scenery.stage.api.calls()).hasSize(before);
    }

    @Test
    void aServiceThatGetsAClassLaterIsGivenUpAndKeepsTheAddressesOfOthers() {
        scenery.create(Scenery.balanced("web", "TCP/80"));
        Obj service = scenery.service("web");
        Obj theirs = BalancedService.with(service, IngressStatus.of(service).plus(Struct.of("ip", "198.51.100.1")),
                true);
        scenery.stage.api.seed(BuiltinResources.SERVICES, theirs.with("other.example/lb", "spec", "loadBalancerClass"));
        assertThat(scenery.addresses("web")).containsExactly("198.51.100.1");
        assertThat(scenery.service("web").finalizers()).isEmpty();
    }

    @Test
    void aServiceThatChangesItsTypeLosesAddressesAndFinalizer() {
        scenery.create(Scenery.balanced("web", "TCP/80"));
        scenery.changed("web", scenery.service("web").with("ClusterIP", "spec", "type"));
        assertThat(scenery.addresses("web")).isEmpty();
        assertThat(scenery.service("web").finalizers()).isEmpty();
        assertThat(scenery.stage.events()).contains("DeletedLoadBalancer: Deleted load balancer");
    }

    @Test
    void aServiceThatIsDeletedGoes() {
        scenery.create(Scenery.balanced("web", "TCP/80"));
        scenery.stage.api.delete(BuiltinResources.SERVICES, new Key("default", "web"), DeleteOptions.PLAIN);
        scenery.stage.settle();
        assertThat(scenery.stage.api.find(BuiltinResources.SERVICES, new Key("default", "web"))).isEmpty();
    }

    @Test
    void tolerationsThatCannotBeReadAreToldAndNobodyCarriesTheService() {
        scenery.create(Scenery.balanced("web", "TCP/80").with("[{operator: Equal, value: x}]", "metadata",
                "annotations", ServiceLbLabels.TOLERATIONS));
        assertThat(scenery.addresses("web")).isEmpty();
        assertThat(scenery.stage.events()).contains("UnAvailableLoadBalancer: There are no available nodes for"
                + " LoadBalancer: annotation svccontroller.k3s.cattle.io/tolerations: toleration with empty key must"
                + " have operator 'Exists'");
    }

    @Test
    void daemonSetsOfStockK3sAreDeletedAndThoseOfUsersStay() {
        for (String name : List.of("svclb-web-0a1b2c3d", "own")) {
            scenery.stage.api.create(BuiltinResources.DAEMON_SETS, Obj.of(Struct.of("apiVersion", "apps/v1", "kind",
                    "DaemonSet", "metadata", Struct.of("name", name, "namespace", "kube-system", "labels",
                            Struct.of(ServiceLbLabels.STOCK_DAEMON_SET, "false")))),
                    WriteOptions.PLAIN);
        }
        scenery.stage.settle();
        assertThat(scenery.stage.all(BuiltinResources.DAEMON_SETS)).extracting(Obj::name).containsExactly("own");
    }

    @Test
    void countsServicesWithAndWithoutAddresses() {
        scenery.create(Scenery.balanced("a", "TCP/80")).create(Scenery.balanced("b", "TCP/80"));
        assertThat(scenery.metrics.text()).contains("k3j_servicelb_services{state=\"served\"} 1",
                "k3j_servicelb_services{state=\"pending\"} 1", "k3j_servicelb_refused_nodes 2");
    }
}
