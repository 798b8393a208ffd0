package io.k3j.kubeletnfs;

import io.k3j.model.Struct;
import io.k3j.volumeapi.VolumeRequest;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/// An export and how it is to be mounted, as upstream's `newMounterInternal` makes it. Pure.
///
/// @param export `server:path`, with brackets around an address of IPv6
/// @param options of mount(8), each once, sorted
record NfsSource(String export, List<String> options) {
    /// What a pod or a PersistentVolume says. `nfs.readOnly` counts of a pod's own volume only: for a PersistentVolume
    /// the claim's use says it, as upstream has it.
    /// @throws IOException for a server whose name a program would take for an option
    static NfsSource of(VolumeRequest request) throws IOException {
        Struct nfs = request.source().struct("nfs");
        String server = nfs.text("server");
        if (server.startsWith("-")) {
            throw new IOException("nfs server \"" + server + "\" begins with \"-\", as no name of a host does");
        }
        TreeSet<String> options = new TreeSet<>(request.source().seq("mountOptions").texts());
        options.remove("");
        if (request.readOnly()) {
            options.add("ro");
        }
        return new NfsSource(host(server) + ":" + nfs.text("path"), List.copyOf(options));
    }

    /// No name of a host has a colon, and no address of IPv6 fewer than two.
    private static String host(String server) {
        boolean address = server.indexOf(':') != server.lastIndexOf(':') && !server.startsWith("[");
        return address ? "[" + server + "]" : server;
    }
}
