package io.k3j.testkitprocess;

/// What a command came to.
///
/// @param code its exit code; 128 and more: it was ended by the signal with the rest as its number
/// @param text what it printed, errors included
public record Outcome(int code, String text) {
}
