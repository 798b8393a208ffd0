package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Pods that come with a `hostPort` which a Service has been given.
class HostPortsOfPodsTest {
    private final Scenery scenery = new Scenery().put(Scenery.node("n1", "InternalIP=192.0.2.1"))
            .put(Scenery.node("n2", "InternalIP=192.0.2.2"));

    private void hostPort(String node) {
        scenery.stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "proxy", "namespace", "infra"), "spec",
                Struct.of("nodeName", node, "containers",
                        Seq.of(Struct.of("ports", Seq.of(Struct.of("hostPort", 80L, "protocol", "TCP"))))),
                "status", Struct.of("phase", "Running"))));
    }

    @Test
    void aPodGetsThePortWhereALocalServiceIsNotShown() {
        scenery.endpoints("web", "n1").create(Scenery.balanced("web", "TCP/80").with("Local", "spec",
                "externalTrafficPolicy"));
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1");
        hostPort("n2");
        scenery.endpoints("web", "n1", "n2");
        assertThat(scenery.addresses("web")).containsExactly("192.0.2.1");
        assertThat(scenery.stage.events())
                .contains("PortConflict: port tcp/80 of node n2 is a hostPort of pod infra/proxy");
        scenery.stage.end(new Key("infra", "proxy"), "Succeeded");
        assertThat(scenery.addresses("web")).hasSize(2);
    }

    @Test
    void aServiceThatIsShownKeepsItsPortAgainstAPodThatNobodyScheduled() {
        scenery.create(Scenery.balanced("web", "TCP/80"));
        assertThat(scenery.addresses("web")).hasSize(2);
        hostPort("n1");
        assertThat(scenery.addresses("web")).hasSize(2);
        assertThat(scenery.stage.events())
                .contains("PortConflict: port tcp/80 of node n1 is a hostPort of pod infra/proxy");
    }
}
