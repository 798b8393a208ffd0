package io.k3j.cli;

import java.util.List;

/// `k3s bundle ls|check|swap|back`: asks the running server over its local socket.
final class Bundle {
    private Bundle() {
    }

    static int run(List<String> arguments, Host host) {
        throw new UsageFailure("k3s bundle is not supported yet by K3j " + arguments + EarlyKeys.of(host).dataDir());
    }
}
