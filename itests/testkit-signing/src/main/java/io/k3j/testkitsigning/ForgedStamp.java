package io.k3j.testkitsigning;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.tsp.MessageImprint;
import org.bouncycastle.asn1.tsp.TSTInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/// Time stamps that no authority would give, nor `jarsigner` take.
public final class ForgedStamp {
    private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("1.2.3.4.1");

    private ForgedStamp() {
    }

    /// Adds a stamp to a signed jar.
    ///
    /// @param block the entry of the signature
    /// @param stamping whose certificate need not be for time stamps
    /// @param time what the stamp says
    public static Path add(Path jar, String block, TestSigner stamping, Instant time) throws IOException {
        return ChangedJar.change(jar, entries -> entries.computeIfPresent(block, (_, content) -> {
            try {
                return stamped(content, stamping, time);
            } catch (CMSException | GeneralSecurityException | OperatorCreationException | IOException e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    private static byte[] stamped(byte[] block, TestSigner stamping, Instant time)
            throws CMSException, GeneralSecurityException, OperatorCreationException, IOException {
        CMSSignedData signed = new CMSSignedData(block);
        SignerInformation signer = signed.getSignerInfos().iterator().next();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(signer.getSignature());
        Attribute stamp = new Attribute(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken,
                new DERSet(token(digest, stamping, time)));
        SignerInformation changed = SignerInformation.replaceUnsignedAttributes(signer,
                new AttributeTable(new DERSet(stamp)));
        return CMSSignedData.replaceSigners(signed, new SignerInformationStore(List.of(changed))).getEncoded("DER");
    }

    private static ContentInfo token(byte[] digest, TestSigner stamping, Instant time)
            throws CMSException, GeneralSecurityException, OperatorCreationException, IOException {
        TSTInfo info = new TSTInfo(POLICY,
                new MessageImprint(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256), digest),
                new ASN1Integer(BigInteger.ONE), new ASN1GeneralizedTime(Date.from(time)), null, null, null, null,
                null);
        CMSSignedDataGenerator tokens = new CMSSignedDataGenerator();
        tokens.addSignerInfoGenerator(new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA",
                stamping.keys().getPrivate(), stamping.certificate()));
        tokens.addCertificates(new JcaCertStore(stamping.chain()));
        return tokens.generate(new CMSProcessableByteArray(PKCSObjectIdentifiers.id_ct_TSTInfo, info.getEncoded()),
                true).toASN1Structure();
    }
}
