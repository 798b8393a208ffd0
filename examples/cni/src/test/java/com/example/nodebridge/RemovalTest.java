package com.example.nodebridge;

import io.k3j.componentapi.Retire;
import io.k3j.testkit.RetireContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/// Keeps what everybody promises who cleans up, on a machine whose devices are files.
class RemovalTest extends RetireContract {
    private static final BridgeNetwork NETWORK = new BridgeNetwork(List.of("10.42.1.0/24"), List.of("10.42.1.1"));
    @TempDir
    private Path links;
    @TempDir
    private Path configurations;
    private boolean hindered;

    private Machine machine() {
        return new Machine(links, configurations, this::ip);
    }

    private void ip(List<String> line) throws IOException {
        if (hindered) {
            throw new IOException("RTNETLINK answers: Operation not permitted");
        }
        Path device = links.resolve(Machine.DEVICE);
        switch (line.get(2)) {
            case "add" -> Files.createFile(device);
            case "delete" -> Files.delete(device);
            default -> {
                // addresses and states are of no matter here
            }
        }
    }

    @Override
    protected Retire retire() {
        return new Removal(machine());
    }

    @Override
    protected void make() throws IOException {
        machine().setUp(NETWORK);
    }

    @Override
    protected boolean left() {
        return configurations.toFile().list().length + links.toFile().list().length > 0;
    }

    @Override
    protected void hinder() {
        hindered = true;
    }

    @Override
    protected void letGo() {
        hindered = false;
    }
}
