package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.servercredentials.AlternativeNames;
import io.k3j.servercredentials.ServerNames;
import io.k3j.supervisorrequests.Refusal;
import java.util.List;

/// What the certificates of nodes may say: nothing by which clients look for a server or a Service. Refuses by 400 and
/// never by 403, which agents take for a rejected password. Thread-safe.
final class NodeNames {
    private final ServerNames servers;
    private final OtherServers others;
    private final NodeSecrets secrets;

    /// @param servers the names of this server
    NodeNames(ServerNames servers, OtherServers others, NodeSecrets secrets) {
        this.servers = servers;
        this.others = others;
        this.secrets = secrets;
    }

    /// Whether a node may be called so. Blocks on the API.
    /// @param node in lower case
    /// @throws Refusal when it may not, or when that cannot be told now
    void check(String node) throws Refusal {
        if (servers.contains(node)) {
            throw new Refusal(400, "node name \"" + node + "\" is a name of the API server or of a Service: start the"
                    + " agent with another --node-name");
        }
        if (!servers.isSelf(node) && !node.isEmpty() && !joined(node) && !others.haveNode(node)
                && servers.and(others.names(node)).claims(node)) {
            if (!secrets.reachable()) {
                throw new Refusal(503, "runtime core not ready");
            }
            throw new Refusal(400, "node name \"" + node + "\" is a name or address of a server (--tls-san, or"
                    + " --node-name with --disable-agent): start the agent with another --node-name");
        }
    }

    /// A node that has joined before keeps its name by its password, which is checked next.
    private boolean joined(String node) throws Refusal {
        try {
            return secrets.reachable() && secrets.record(node).isPresent();
        } catch (ApiFault fault) {
            throw new Refusal(503, "the cluster cannot verify the name of node " + node + " now, try again: "
                    + fault.getMessage());
        }
    }

    /// By what the kubelet of a node is known. Blocks on the API.
    /// @param node in lower case
    /// @param given addresses as the node tells them
    /// @throws Refusal when it cannot be told now which are those of servers
    AlternativeNames ofKubelet(String node, List<String> given) throws Refusal {
        ServerNames all = servers.isSelf(node) ? servers : servers.and(others.names(node));
        return all.ofNode(node, given);
    }
}
