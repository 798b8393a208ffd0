package io.k3j.etcdmember;

/// This server cannot be a member as configured. The message names what, where, why and the remedy.
final class MemberFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MemberFault(String message) {
        super(message);
    }
}
