package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.NodeDialer;
import java.io.IOException;

/// Dials for one client: what is opened ends with its request, from the first byte on, whether or not the other side
/// ever says anything.
record ClientDialer(NodeDialer dialer, Exchange client) implements NodeDialer {
    @Override
    public ByteDuplex dial(String node, String host, int port) throws IOException {
        return ends(dialer.dial(node, host, port));
    }

    @Override
    public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
        return ends(dialer.dialKubelet(node, host, port));
    }

    private ByteDuplex ends(ByteDuplex plain) {
        client.onEnd(plain::close);
        return plain;
    }
}
