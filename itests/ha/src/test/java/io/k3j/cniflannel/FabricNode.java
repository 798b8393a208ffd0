package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/// One life of the pod network of a node, for a test to run on a machine: takes over what is there, connects it with
/// the Nodes of a file, prints the annotations of its own, ends and leaves everything.
final class FabricNode {
    private FabricNode() {
    }

    public static void main(String[] arguments) throws IOException {
        Obj[] nodes = ((Seq) Json.value(Files.readAllBytes(Path.of(arguments[2])))).structs().stream().map(Obj::of)
                .toArray(Obj[]::new);
        String name = arguments[0];
        Obj me = List.of(nodes).stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
        PodFabric fabric = new PodFabric(settings(name, arguments[1]), new Nft(), new SecureRandom());
        PodFabric.Outcome outcome = fabric.ready(me);
        fabric.connect(List.of(nodes));
        System.out.println(Json.text(Struct.copyOf(outcome.annotations())));
    }

    /// Nobody compares them.
    @SuppressWarnings("BadAnnotationImplementation")
    private static Settings settings(String name, String backend) {
        return new Settings() {
            @Override
            public String dataDir() {
                return "/var/lib/rancher/k3s";
            }

            @Override
            public String nodeName() {
                return name;
            }

            @Override
            public String[] nodeIp() {
                return new String[0];
            }

            @Override
            public String[] nodeExternalIp() {
                return new String[0];
            }

            @Override
            public String[] clusterCidr() {
                return new String[] {"10.42.0.0/16"};
            }

            @Override
            public String flannelBackend() {
                return backend;
            }

            @Override
            public String flannelIface() {
                return "eth1";
            }

            @Override
            public String flannelCniConf() {
                return "";
            }

            @Override
            public boolean flannelExternalIp() {
                return false;
            }

            @Override
            public boolean flannelIpv6Masq() {
                return false;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Settings.class;
            }
        };
    }

    /// `nft` without a hand of its own.
    private static final class Nft implements PacketFilter {
        @Override
        public void apply(String script) {
            try {
                Process nft = new ProcessBuilder("nft", "-f", "-").inheritIO()
                        .redirectInput(ProcessBuilder.Redirect.PIPE)
                        .start();
                nft.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
                nft.getOutputStream().close();
                if (nft.waitFor() != 0) {
                    throw new FilterRefused("nft ended with " + nft.exitValue());
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
    }
}
