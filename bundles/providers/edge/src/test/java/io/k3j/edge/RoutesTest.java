package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is asked about a path.
class RoutesTest {
    private final Routes routes = new Routes();
    private final Endpoint supervisor = add("io.k3j.supervisor", 0, "/cacerts", "/ping", "/v1-k3s", "/db");
    private final Endpoint apiserver = add("io.k3j.apiserver", 0, "/");

    private Endpoint add(String owner, int ranking, String... prefixes) {
        Endpoint endpoint = endpoint(prefixes);
        routes.add(endpoint, new Routes.Offer(owner, ranking, 1, () -> true));
        return endpoint;
    }

    private static Endpoint endpoint(String... prefixes) {
        return new Endpoint() {
            @Override
            public Set<String> prefixes() {
                return Set.of(prefixes);
            }

            @Override
            public void serve(Exchange exchange) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Test
    void anEndpointThatIsBoundTwiceGoesAtOnceAndOneThatIsBoundLateIsNotAsked() {
        Endpoint twice = add("io.k3j.embeddedregistry", 0, "/v2");
        routes.add(twice, new Routes.Offer("io.k3j.embeddedregistry", 0, 1, () -> true));
        routes.remove(twice);
        assertThat(routes.find("/v2/")).isSameAs(apiserver);
        AtomicBoolean registered = new AtomicBoolean(true);
        Endpoint late = endpoint("/v2");
        routes.add(late, new Routes.Offer("io.k3j.embeddedregistry", 0, 2, registered::get));
        assertThat(routes.find("/v2/")).isSameAs(late);
        registered.set(false);
        assertThat(routes.find("/v2/")).as("nobody has taken it out").isSameAs(apiserver);
    }

    @Test
    void anEndpointThatDoesNotTellItsPrefixesKeepsNoOtherFromComing() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Endpoint slow = new Endpoint() {
            @Override
            public Set<String> prefixes() {
                asked.countDown();
                try {
                    told.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Set.of("/slow");
            }

            @Override
            public void serve(Exchange exchange) {
                throw new UnsupportedOperationException();
            }
        };
        Thread registering = Thread
                .startVirtualThread(() -> routes.add(slow, new Routes.Offer("com.acme.web", 0, 2, () -> true)));
        asked.await();
        Endpoint other = add("io.k3j.embeddedregistry", 0, "/v2");
        assertThat(routes.find("/v2/")).isSameAs(other);
        told.countDown();
        registering.join();
        assertThat(routes.find("/slow")).isSameAs(slow);
    }

    @Test
    void theLongestPrefixIsAskedWhoeverOffersIt() {
        Endpoint plugin = add("com.acme.web", 0, "/apis/acme.com");
        assertThat(routes.find("/apis/acme.com/v1")).isSameAs(plugin);
        assertThat(routes.find("/apis/acme.comet")).isSameAs(apiserver);
        assertThat(routes.find("/v1-k3s/config")).isSameAs(supervisor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1-k3s", "/v1-k3s/", "/v1-k3s/server-config", "/v1-k3s/config", "/cacerts", "/ping",
            "/db/info"})
    void noPlugInAnswersWhereServersAndAgentsJoin(String prefix) {
        Endpoint plugin = add("com.acme.web", Integer.MAX_VALUE, prefix, "/acme");
        String path = prefix.endsWith("/") ? prefix + "config" : prefix;
        assertThat(routes.find(path)).isSameAs(supervisor);
        assertThat(routes.find("/acme")).as("what it may serve").isSameAs(plugin);
        routes.remove(supervisor);
        assertThat(routes.find(path)).as("while the supervisor is away").isSameAs(apiserver);
    }

    /// As when a server starts, whose supervisor comes later than its plug-ins, or is stopped.
    @Test
    void noPlugInAnswersThereByTakingAllPaths() {
        Endpoint plugin = add("com.acme.web", Integer.MAX_VALUE, "/", "/v1-k3");
        assertThat(routes.find("/acme")).isSameAs(plugin);
        routes.remove(supervisor);
        assertThat(routes.find("/cacerts")).isSameAs(apiserver);
        routes.remove(apiserver);
        assertThat(routes.find("/v1-k3s/config")).as("the edge says that nobody is there").isNull();
        assertThat(routes.find("/v1-k3sx")).as("another path").isSameAs(plugin);
    }

    @Test
    void anotherBundleOfTheDistributionHasAPathBelow() {
        Endpoint registry = add("io.k3j.embeddedregistry", 0, "/v1-k3s/p2p");
        assertThat(routes.find("/v1-k3s/p2p")).isSameAs(registry);
        assertThat(routes.find("/v1-k3s/config")).isSameAs(supervisor);
    }
}
