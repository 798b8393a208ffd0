package io.k3j.agent;

/// What trying again does not mend: the message tells what to do.
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message);
    }
}
