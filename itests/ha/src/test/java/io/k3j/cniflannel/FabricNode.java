package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lives of the pod network of a node, one after the other, for a test to run on a machine. Each line it reads is one:
/// `settings` by their names and the `nodes` there are. A life takes over what is there, connects it with the Nodes,
/// prints the annotations of its own in one line, and leaves everything; with `goesOn` the one before looks again.
final class FabricNode {
    private static final Duration NFT_LIMIT = Duration.ofSeconds(60);

    private FabricNode() {
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Optional<PodFabric> last = Optional.empty();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Struct wanted = Json.object(line.getBytes(StandardCharsets.UTF_8));
            FlannelSettings settings = settings(wanted.struct("settings"));
            PodFabric fabric = last.filter(f -> wanted.has("goesOn"))
                    .orElseGet(() -> new PodFabric(settings, new Nft(), new SecureRandom()));
            System.out.println(Json.text(life(fabric, settings, wanted)));
            last = Optional.of(fabric);
        }
    }

    private static Struct life(PodFabric fabric, FlannelSettings settings, Struct wanted) throws IOException {
        List<Obj> nodes = wanted.seq("nodes").structs().stream().map(Obj::of).toList();
        Obj me = nodes.stream().filter(n -> n.name().equals(settings.nodeName())).findFirst().orElseThrow();
        fabric.suspect();
        PodFabric.Outcome outcome = fabric.ready(me);
        fabric.connect(nodes, true);
        return Struct.copyOf(outcome.annotations());
    }

    /// What is not given has its default.
    private static FlannelSettings settings(Struct given) {
        return (FlannelSettings) Proxy.newProxyInstance(FabricNode.class.getClassLoader(),
                new Class<?>[] {FlannelSettings.class},
                (proxy, method, arguments) -> given.has(method.getName()) ? value(method, given)
                        : method.getDefaultValue());
    }

    private static Object value(Method method, Struct given) {
        Object value = given.get(method.getName());
        return value instanceof Seq list ? list.texts().toArray(String[]::new) : value;
    }

    /// `nft` without a hand of its own.
    private static final class Nft implements PacketFilter {
        @Override
        public void apply(String script) {
            try {
                Outcome nft = Launch.of("nft", "-f", "-").input(script).run(NFT_LIMIT);
                if (nft.code() != 0) {
                    throw new FilterRefused("nft ended with " + nft.code() + ": " + nft.text());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new FilterRefused("interrupted");
            }
        }

        @Override
        public Set<String> objects(String family, String table) {
            return Set.of();
        }

        @Override
        public void forgetFlows(String address, int port) {
        }

        @Override
        public AutoCloseable onForeignChange(Runnable changed) {
            return () -> {
            };
        }
    }
}
