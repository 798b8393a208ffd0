package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Somebody else's API server behind a server with its defaults, through kubectl: found, asked on behalf of who may, and
/// missed without harm to the rest; and the aggregator taken out and put back. Autoscalers ask it, too.
@NeedsMachine
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AggregatedApiItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String OBJECTS = """
            {"apiVersion":"v1","kind":"List","items":[
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"things","namespace":"default"},
             "spec":{"ports":[{"port":443,"targetPort":PORT}]}},
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"things",
             "namespace":"default","labels":{"kubernetes.io/service-name":"things"}},"addressType":"IPv4",
             "endpoints":[{"addresses":["ADDRESS"],"conditions":{"ready":true}}],"ports":[{"port":PORT}]},
            {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1.things.example.com"},
             "spec":{"group":"things.example.com","version":"v1","groupPriorityMinimum":1000,"versionPriority":10,
             "caBundle":"BUNDLE","service":{"name":"things","namespace":"default"}}},
            {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService",
             "metadata":{"name":"v1beta1.external.metrics.k8s.io"},"spec":{"group":"external.metrics.k8s.io",
             "version":"v1beta1","groupPriorityMinimum":100,"versionPriority":100,
             "caBundle":"BUNDLE","service":{"name":"things","namespace":"default"}}},
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"workers","namespace":"default"},
             "spec":{"replicas":1,"selector":{"matchLabels":{"app":"workers"}},"template":{"metadata":{"labels":
             {"app":"workers"}},"spec":{"containers":[{"name":"c","image":"example.com/none"}]}}}},
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"workers",
             "namespace":"default"},"spec":{"maxReplicas":5,"scaleTargetRef":{"apiVersion":"apps/v1",
             "kind":"Deployment","name":"workers"},"metrics":[{"type":"External","external":{"metric":{"name":"queue",
             "selector":{"matchLabels":{"q":"a"}}},"target":{"type":"AverageValue","averageValue":"5"}}}]}}]}""";
    private static final String PROXIES = "kubectl get configmap -n kube-system extension-apiserver-authentication"
            + " -o jsonpath='{.data.requestheader-client-ca-file}'";
    private static Machine machine;
    private static Server server;
    private static ExtensionServer things;

    @BeforeAll
    static void start() throws Exception {
        machine = Machine.on();
        server = Server.start(machine, "--disable-agent").served();
        InetAddress outside = InetAddress.getByName(machine.address().replaceAll("[0-9]+$", "1"));
        server.await("what front proxies show", PROXIES, "BEGIN CERTIFICATE");
        things = new ExtensionServer(outside, server.k3s(PROXIES).text());
        Files.writeString(machine.dir().resolve("things.json"),
                OBJECTS.replace("PORT", Integer.toString(things.port())).replace("ADDRESS", outside.getHostAddress())
                        .replace("BUNDLE", things.caBundle()));
        done("kubectl apply -f " + machine.dir().resolve("things.json"));
        server.await("the other server", "kubectl get apiservice v1.things.example.com", "True");
    }

    @AfterAll
    static void stop() {
        if (things != null) {
            things.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    private static String done(String words) throws IOException, InterruptedException {
        Outcome outcome = server.k3s(words);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        return outcome.text();
    }

    private static String refused(String words) throws IOException, InterruptedException {
        Outcome outcome = server.k3s(words);
        assertThat(outcome.code()).as(outcome.text()).isNotZero();
        return outcome.text();
    }

    /// As adapters are used: a queue of 15 wants a worker for each 5 of it.
    @Test
    @Order(1)
    void autoscalersAskForItsMetrics() throws IOException, InterruptedException {
        server.await("three workers", "kubectl get deployment workers -o jsonpath='{.spec.replicas}'", "3");
        assertThat(things.measured).isNotEmpty().allSatisfy(asked -> assertThat(asked).isEqualTo(
                "system:serviceaccount:kube-system:horizontal-pod-autoscaler labelSelector=q=a"));
        assertThat(done("kubectl get hpa workers")).contains("/5 (avg)");
    }

    @Test
    @Order(2)
    void aNamespaceTakesItsObjectsWithIt() throws IOException, InterruptedException {
        done("kubectl create namespace team");
        done("kubectl delete namespace team --timeout=2m");
        assertThat(things.deleted).containsExactly("system:serviceaccount:kube-system:namespace-controller"
                + " /apis/things.example.com/v1/namespaces/team/things");
    }

    @Test
    @Order(3)
    void isAskedForWhoMayAndMissedWithoutHarm() throws IOException, InterruptedException {
        assertThat(done("kubectl api-resources --api-group=things.example.com")).contains("things", "Thing");
        assertThat(done("kubectl get things -o jsonpath='{.items[0].color}'")).contains("red");
        assertThat(done("kubectl get thing one -o jsonpath={.color}")).contains("red");
        assertThat(asked()).isNotEmpty().allSatisfy(who -> assertThat(who)
                .startsWith("CN=system:auth-proxy for system:admin of [system:masters"));
        int before = asked().size();
        assertThat(refused("kubectl get --raw " + one() + " --as=jane"))
                .contains("Forbidden", "User \"jane\" cannot get resource \"things\"");
        assertThat(asked()).hasSize(before);
        taken(out -> assertThat(refused("kubectl get --raw " + one())).contains("NotFound"));
        silence();
        assertThat(refused("kubectl get --raw " + one())).contains("ServiceUnavailable");
        assertThat(done("kubectl get ns default")).contains("default");
    }

    /// Its objects are out of reach then, so they may be there.
    @Test
    @Order(4)
    void aNamespaceWaitsForAServerThatDoesNotAnswer() throws IOException, InterruptedException {
        silence();
        done("kubectl create namespace waiting");
        done("kubectl delete namespace waiting --wait=false");
        server.await("why it stays", "kubectl get namespace waiting -o jsonpath='{.status.conditions[?(@.type=="
                + "\"NamespaceDeletionDiscoveryFailure\")].message}'",
                "stale GroupVersion discovery:"
                        + " things.example.com/v1");
        done("kubectl delete apiservice v1.things.example.com v1beta1.external.metrics.k8s.io");
        Waiting.until("the group is unknown", LIMIT, () -> server.k3s("kubectl get --raw " + one()).text()
                .contains("NotFound"), server::story);
        Waiting.until("it is gone", LIMIT, () -> server.k3s("kubectl get namespace waiting").text()
                .contains("NotFound"), server::story);
    }

    /// The controller of namespaces may ask at any time.
    private static List<String> asked() {
        return things.asked.stream().filter(who -> !who.contains(":namespace-controller of")).toList();
    }

    private static void silence() throws IOException, InterruptedException {
        things.close();
        Waiting.until("nobody is there", LIMIT, () -> server.k3s("kubectl get apiservice v1.things.example.com").text()
                .contains("False"), server::story);
    }

    private interface Look {
        void at(String disabled) throws IOException, InterruptedException;
    }

    /// Looks while the aggregator is taken out; then it is put back, and everything is as it was.
    private static void taken(Look look) throws IOException, InterruptedException {
        look.at(done("component disable aggregator"));
        done("component enable aggregator");
        server.await("the other server again", "kubectl get --raw " + one(), "red");
    }

    private static String one() {
        return "/apis/things.example.com/v1/namespaces/default/things/one";
    }
}
