package io.k3j.streaming;

import java.io.IOException;
import java.net.Socket;

/// What the agent's end of a tunnel connects to for the server.
///
/// **Who.** The agent implements it; [TunnelSession] calls it, each connection on a virtual thread of its own.
public interface TunnelTarget {
    /// Connects; blocks at most a minute. The session closes the socket.
    ///
    /// @param protocol `tcp`
    /// @param address `host:port`
    /// @throws IOException with the sentence the other end reads, also when this is not allowed
    Socket connect(String protocol, String address) throws IOException;
}
