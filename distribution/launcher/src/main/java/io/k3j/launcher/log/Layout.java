package io.k3j.launcher.log;

/// Turns an entry into what is written, line ends included. Pure; any thread.
interface Layout {
    String text(Entry entry);
}
