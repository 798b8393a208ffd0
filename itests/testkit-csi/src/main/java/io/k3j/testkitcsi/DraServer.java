package io.k3j.testkitcsi;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A driver of dynamic resource allocation with its registrar, both on one socket: prepares for each claim one device
/// `d0` of the pool `p`, with the CDI id `example.com/gpu=UID`. Any thread.
public final class DraServer implements AutoCloseable {
    private static final ProtoMessages REGISTRATION = new ProtoMessages(ProtoFile.of("pluginregistration.proto"));
    private static final String REGISTRAR = "pluginregistration.Registration";
    private static final String HEALTH = "v1alpha1.DRAResourceHealth";
    private static final String SERVICE = "k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin";
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final String name;
    private final ByteServer server;
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final List<StreamObserver<byte[]>> listeners = new CopyOnWriteArrayList<>();
    private volatile byte[] health = {};
    private volatile String error = "";
    private volatile boolean hangs;
    private volatile boolean cdi = true;

    /// Listens on a socket, which must not be there.
    ///
    /// @param name of the driver
    public DraServer(Path socket, String name) throws IOException {
        this.name = name;
        server = new ByteServer(socket, Map.of(REGISTRAR, List.of("GetInfo", "NotifyRegistrationStatus"), SERVICE,
                List.of("NodePrepareResources", "NodeUnprepareResources"), HEALTH, List.of("NodeWatchResources")),
                Set.of("NodeWatchResources"), this::called);
    }

    private void called(String service, String method, byte[] request, StreamObserver<byte[]> to) {
        if (service.equals(HEALTH)) {
            // with this a listener that has gone is told nothing, and nothing is thrown
            ((ServerCallStreamObserver<byte[]>) to).setOnCancelHandler(() -> listeners.remove(to));
            synchronized (listeners) {
                to.onNext(health);
                listeners.add(to);
            }
            return;
        }
        if (method.equals("GetInfo")) {
            to.onNext(REGISTRATION.write("PluginInfo", Struct.of("type", "DRAPlugin", "name", name, "endpoint", "",
                    "supported_versions", Seq.of("v1.DRAPlugin"))));
        } else if (service.equals(REGISTRAR)) {
            calls.add("registered " + REGISTRATION.read("RegistrationStatus", request).flag("plugin_registered"));
            to.onNext(new byte[0]);
        } else if (hangs) {
            hanging.countDown();
            return;
        } else {
            to.onNext(answer(method, uids(request)));
        }
        to.onCompleted();
    }

    private static List<String> uids(byte[] request) {
        List<String> uids = new ArrayList<>();
        WireIn in = new WireIn(request);
        for (int field = in.next(); field != 0; field = in.next()) {
            WireIn claim = in.message();
            for (int part = claim.next(); part != 0; part = claim.next()) {
                String text = claim.text();
                if (part == 2) {
                    uids.add(text);
                }
            }
        }
        return uids;
    }

    private byte[] answer(String method, List<String> uids) {
        boolean prepares = method.equals("NodePrepareResources");
        WireOut out = new WireOut(256);
        for (String uid : uids) {
            calls.add(method + " " + uid);
            int entry = out.mark();
            int value = out.mark();
            if (!error.isEmpty()) {
                out.text(prepares ? 2 : 1, error);
            } else if (prepares) {
                int device = out.mark();
                if (cdi) {
                    out.text(4, "example.com/gpu=" + uid);
                }
                out.text(3, "d0");
                out.text(2, "p");
                out.message(1, device);
            }
            out.message(2, value);
            out.text(1, uid);
            out.message(1, entry);
        }
        return out.bytes();
    }

    /// Tells the health of its device from now on.
    ///
    /// @param status 1 for a healthy one, 2 for one that is not
    public void tell(int status) {
        WireOut out = new WireOut(64);
        int device = out.mark();
        out.number(2, status);
        int id = out.mark();
        out.text(2, "d0");
        out.text(1, "p");
        out.message(1, id);
        out.message(1, device);
        // each listener is told once, by one thread at a time
        synchronized (listeners) {
            health = out.bytes();
            listeners.forEach(to -> to.onNext(health));
        }
    }

    /// Refuses each claim with this from now on; nothing when it is empty.
    public void refuse(String why) {
        error = why;
    }

    /// Names no CDI device from now on, so that a runtime need not know what they are.
    public void withoutCdi() {
        cdi = false;
    }

    /// Takes calls from now on and answers none.
    ///
    /// @return reaches zero with the first such call
    public CountDownLatch hang() {
        hangs = true;
        return hanging;
    }

    /// What it was asked so far, as `NodePrepareResources UID`.
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /// Ends every connection, and the socket.
    @Override
    public void close() throws IOException {
        server.close();
    }
}
