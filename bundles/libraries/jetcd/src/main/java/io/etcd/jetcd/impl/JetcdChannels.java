package io.etcd.jetcd.impl;

import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.NettyChannelBuilder;

/// jetcd's channel, which `Client` keeps to itself: who chooses between members has to see whether a connection stands.
/// Beside jetcd's class because that is visible in its package only.
public final class JetcdChannels {
    private JetcdChannels() {
    }

    /// The channel as jetcd sets it up from these options (target, TLS, headers, bounds), not built yet.
    /// Nothing is connected by it. `ClientConnectionManager` is none of jetcd's API: another version of jetcd may lack
    /// it, which compiling tells.
    public static NettyChannelBuilder of(ClientBuilder options) {
        return (NettyChannelBuilder) new ClientConnectionManager(options).defaultChannelBuilder();
    }
}
