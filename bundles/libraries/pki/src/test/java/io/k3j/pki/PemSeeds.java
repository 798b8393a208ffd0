package io.k3j.pki;

/// Texts that the fuzz targets begin with.
final class PemSeeds {
    static final String REQUEST = """
            -----BEGIN CERTIFICATE REQUEST-----
            MIIBDzCBtgIBADAvMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxFjAUBgNVBAMMDXN5
            c3RlbTpub2RlOmEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ1tzwSzNU7WI0X
            re2ADZOGIV5ThDDgsSaH6LJbmQniLPUmXF/rPyxdyj8xdPE+V04f1cGIiwuh5rhY
            y45I3K2YoCUwIwYJKoZIhvcNAQkOMRYwFDASBgNVHREECzAJggFhhwQKAAABMAoG
            CCqGSM49BAMCA0gAMEUCIQCqVK/ierOKfWlCDU1rf5iTiv6eVv83KpL7FLfVMy5J
            SwIgPsRObTM75lTerCbOMGTSMFOTbKwpiXCgztWrduadcvc=
            -----END CERTIFICATE REQUEST-----
            """;
    static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBXDCCAQECFBha1fcdrVJqpEIaJWRKO4zT/Xt9MAoGCCqGSM49BAMCMC8xFTAT
            BgNVBAoMDHN5c3RlbTpub2RlczEWMBQGA1UEAwwNc3lzdGVtOm5vZGU6YTAgFw0y
            NjExMjgxODI1NTJaGA8yMTI2MTEwNDE4MjU1MlowLzEVMBMGA1UECgwMc3lzdGVt
            Om5vZGVzMRYwFAYDVQQDDA1zeXN0ZW06bm9kZTphMFkwEwYHKoZIzj0CAQYIKoZI
            zj0DAQcDQgAENbc8EszVO1iNF63tgA2ThiFeU4Qw4LEmh+iyW5kJ4iz1Jlxf6z8s
            Xco/MXTxPldOH9XBiIsLoea4WMuOSNytmDAKBggqhkjOPQQDAgNJADBGAiEAhgvw
            76J42Ji/bxucra/9Fl4bX7D4FC68q78hRpkOSr8CIQDsQmO5P/khS06854P4quTx
            oE9HHKPp41L2UpkWMcBvBA==
            -----END CERTIFICATE-----
            """;

    private PemSeeds() {
    }
}
