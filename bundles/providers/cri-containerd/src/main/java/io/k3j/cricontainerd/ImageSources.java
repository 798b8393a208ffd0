package io.k3j.cricontainerd;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.edgeapi.Endpoint;
import io.k3j.imageregistries.HostsDirectory;
import io.k3j.imageregistries.ImageName;
import io.k3j.imageregistries.PullFailures;
import io.k3j.imageregistries.RegistriesFile;
import io.k3j.imageregistries.RelayEndpoint;
import io.k3j.imageregistries.SharedRegistries;
import io.k3j.nodeapi.RuntimeFault;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the images of the supervised containerd come from: `registries.yaml`, followed, and the relay on the node's
/// own port. For any thread; blocks for the disk.
final class ImageSources implements AutoCloseable {
    private static final int TOKEN_BYTES = 32;
    private final RegistriesFile file;
    private final PullFailures failures = new PullFailures();
    private final RelayEndpoint relay;

    /// Reads nothing yet.
    ///
    /// @param environment may name proxies
    /// @param clock for the ends of registries' tokens
    ImageSources(ContainerdSettings settings, ContainerdLayout places, Map<String, String> environment,
            InstantSource clock) {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        String node = "https://" + host(settings.bindAddress(), settings.kubeletArg()) + ":" + settings.kubeletPort();
        HostsDirectory hosts = new HostsDirectory(places.certs(),
                new HostsDirectory.Relay(node, places.serverAuthority(), HexFormat.of().formatHex(token)),
                settings.embeddedRegistry() ? Optional.of(new HostsDirectory.Mirror(
                        node + SharedRegistries.MIRROR_PATH, places.serverAuthority(), places.nodeCertificate(),
                        places.nodeKey())) : Optional.empty());
        file = new RegistriesFile(Path.of(settings.privateRegistry()), !settings.disableDefaultRegistryEndpoint(),
                hosts);
        relay = new RelayEndpoint(file, hosts, failures, environment, clock);
    }

    /// The address to reach the node's port by from the node itself. Where arguments name another certificate for that
    /// port it is a name: who asks for it is shown the node's own, which containerd knows.
    ///
    /// @param bound `--bind-address`
    /// @param kubelet arguments of the kubelet, `name=value`
    static String host(String bound, String... kubelet) {
        boolean given = ComponentArguments.of("--kubelet-arg", kubelet).value("tls-cert-file")
                .filter(file -> !file.isEmpty()).isPresent();
        String itself = given ? "localhost" : "127.0.0.1";
        try {
            InetAddress address = InetAddress.ofLiteral(bound);
            String text = bound.indexOf(':') >= 0 ? "[" + bound + "]" : bound;
            return address.isAnyLocalAddress() ? itself : text;
        } catch (IllegalArgumentException none) {
            return itself;
        }
    }

    /// What containerd asks.
    Endpoint endpoint() {
        return relay;
    }

    /// What it was answered.
    String metrics() {
        return relay.metrics();
    }

    /// Takes a changed file up.
    ///
    /// @return what is wrong with it, empty when nothing is
    String refresh() {
        return file.refresh();
    }

    /// A pull begins: the file as it is now counts.
    /// @throws RuntimeFault when nobody knows where images may come from
    void begin(ImageName image) {
        String problem = file.refresh();
        if (file.registries().isEmpty()) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED, problem);
        }
        failures.begin(image);
    }

    /// containerd's message with what registries said, which it was not told.
    String explained(ImageName image, String message) {
        List<String> reasons = failures.of(image);
        return reasons.isEmpty() ? message : String.join("; ", reasons) + "; " + message;
    }

    @Override
    public void close() {
        relay.close();
    }
}
