package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;

/// Lets a node have certificates in its name: it says its name and shows the password it showed the
/// first time (or, by its kubelet's certificate, proves the name and still has to know the password).
final class NodeGate {
    private final String localNode;
    private final Path localPassword;
    private final NodeSecrets secrets;
    private final boolean elsewhere;

    /// `elsewhere`: the API is on other servers, so that nodes with a token are let in before it is there, and checked
    /// then.
    NodeGate(String localNode, Path localPassword, NodeSecrets secrets, boolean elsewhere) {
        this.localNode = localNode;
        this.localPassword = localPassword;
        this.secrets = secrets;
        this.elsewhere = elsewhere;
    }

    /// The node's name. Blocks while the cluster is asked.
    String admit(Exchange exchange, Asker asker) throws Refusal {
        String node = exchange.header("k3s-node-name").orElse("").toLowerCase(Locale.ROOT);
        String password = exchange.header("k3s-node-password").orElse("");
        if (node.isEmpty()) {
            throw new Refusal(400, "node name not set");
        }
        if (password.isEmpty()) {
            throw new Refusal(400, "node password not set");
        }
        if (!asker.node().isEmpty() && !asker.node().equals(node)) {
            throw new Refusal(400, "header node name does not match auth node name");
        }
        verify(node, password, asker);
        return node;
    }

    private void verify(String node, String password, Asker asker) throws Refusal {
        if (!secrets.reachable()) {
            if (elsewhere && asker.node().isEmpty()) {
                secrets.ensureLater(node, password);
            } else {
                verifyLocally(node, password);
            }
            return;
        }
        try {
            if (!asker.node().isEmpty() && !secrets.nodeExists(node)) {
                throw new Refusal(401, "unable to verify node identity");
            }
            if (!secrets.ensure(node, password)) {
                throw new Refusal(403, "unable to verify password for node " + node);
            }
        } catch (ApiFault outage) {
            if (outage.code() == 400 || outage.code() == 422) {
                throw new Refusal(400, "node name \"" + node + "\" cannot be used: " + outage.getMessage());
            }
            // whoever can keep the cluster busy must not get a node's certificate for that
            if (!node.equals(localNode)) {
                throw new Refusal(503, "the cluster cannot verify the password of node " + node
                        + " now, try again: " + outage.getMessage());
            }
            verifyLocally(node, password);
        }
    }

    private void verifyLocally(String node, String password) throws Refusal {
        if (!node.equals(localNode)) {
            throw new Refusal(503, "runtime core not ready");
        }
        try {
            String known = PemFiles.read(localPassword).orElse("").strip();
            if (known.isEmpty() || !same(known, password)) {
                throw new Refusal(403, "unable to verify local node password");
            }
        } catch (IOException unreadable) {
            throw new Refusal(500, "unable to read node password file");
        }
        secrets.ensureLater(node, password);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
