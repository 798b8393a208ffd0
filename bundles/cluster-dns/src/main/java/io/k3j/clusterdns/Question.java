package io.k3j.clusterdns;

/// What is asked: a name in lower case without the last dot, and a record type.
record Question(String name, int type) {
}
