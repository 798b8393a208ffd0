package io.k3j.kubeletdevices;

import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;

/// A device that a container cannot have, or a plug-in that cannot be talked to, in upstream's words. It carries no
/// stack trace: the message tells the user all there is.
public final class DeviceFault extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message of one line, without a full stop
    public DeviceFault(String message) {
        super(message, null, false, false);
    }

    DeviceFault(String what, GrpcFailure why) {
        this(what + GrpcStatus.words(why));
    }
}
